import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../error-code.ts';
import { CONSENT_BYTES_MAX } from './consent.ts';

/** A file of the allow directory, read through one handle. */
export interface ReadFile {
  readonly kind: 'file';
  readonly uid: number;
  /** Permission bits. */
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly dev: string;
  readonly ino: string;
  readonly ctimeNs: bigint;
  readonly mtimeNs: bigint;
  /** Empty when the file is larger than an allowfile can be. */
  readonly content: string;
  readonly sha256: string;
  /** True when it was written to while it was read. */
  readonly changed: boolean;
}

export type Reading =
  | ReadFile
  | { readonly kind: 'absent' }
  | { readonly kind: 'link' | 'unreadable' | 'special' };

/**
 * Reads a file by a name inside an open directory. It follows no link, waits for no FIFO, and takes
 * everything it says from one handle.
 */
export function readAllowfile(directory: number, name: string): Reading {
  const handle = opened(directory, name);
  if (typeof handle !== 'number') return handle;
  try {
    const before = fstatSync(handle, { bigint: true });
    if (!before.isFile()) return { kind: 'special' };
    const bytes = before.size > CONSENT_BYTES_MAX ? Buffer.alloc(0) : readSome(handle);
    const after = fstatSync(handle, { bigint: true });
    return {
      kind: 'file',
      uid: Number(before.uid),
      mode: Number(before.mode) & 0o7777,
      links: Number(before.nlink),
      size: Number(before.size),
      dev: String(before.dev),
      ino: String(before.ino),
      ctimeNs: before.ctimeNs,
      mtimeNs: before.mtimeNs,
      content: bytes.toString('utf8'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      changed: !same(before, after),
    };
  } finally {
    closeSync(handle);
  }
}

/** The path of a name inside an open directory: what `openat` would be. */
export function inDirectory(directory: number, name: string): string {
  return `/proc/self/fd/${directory}/${name}`;
}

function opened(directory: number, name: string): number | Exclude<Reading, ReadFile> {
  try {
    return openSync(
      inDirectory(directory, name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOENT':
        return { kind: 'absent' };
      case 'ELOOP':
        return { kind: 'link' };
      case 'EACCES':
      case 'EPERM':
        return { kind: 'unreadable' };
      case 'ENXIO':
      case 'ENODEV':
        return { kind: 'special' };
      default:
        throw error;
    }
  }
}

function readSome(handle: number): Buffer {
  const buffer = Buffer.alloc(CONSENT_BYTES_MAX + 1);
  let length = 0;
  for (;;) {
    const count = readSync(handle, buffer, length, buffer.length - length, null);
    length += count;
    if (count === 0 || length === buffer.length) return buffer.subarray(0, length);
  }
}

function same(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.ino === after.ino &&
    before.dev === after.dev &&
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ctimeNs === after.ctimeNs &&
    before.nlink === after.nlink
  );
}
