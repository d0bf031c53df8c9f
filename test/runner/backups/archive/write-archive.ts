import { deflateSync } from 'node:zlib';

/** One item of a written archive. */
export interface WrittenEntry {
  readonly kind: string;
  readonly tag: string;
  readonly owner?: string;
  readonly definition?: string;
  readonly copy?: string;
  /** COPY lines; the item has no data without it. */
  readonly data?: string;
}

export interface Writing {
  /** 10 to 16. */
  readonly minor: number;
  readonly compression?: 'none' | 'gzip' | 'lz4' | 'zstd';
  readonly entries: readonly WrittenEntry[];
}

const ALGORITHMS = ['none', 'gzip', 'lz4', 'zstd'];

/** Writes a small custom archive of any version, as pg_backup_archiver.c of that time did, without offsets. */
export function writeArchive({ minor, compression = 'gzip', entries }: Writing): Buffer {
  const level = compression === 'gzip' ? -1 : 0;
  const head = [
    Buffer.from('PGDMP'),
    Buffer.from([1, minor, 0, 4, 8, 1]),
    minor >= 15 ? Buffer.from([ALGORITHMS.indexOf(compression)]) : int(level),
    // 2026-11-20 03:15:07, no daylight saving.
    ...[7, 15, 3, 20, 10, 126, 0].map(int),
    ...['shop', `${minor}.1 (Packager 1)`, `${minor}.2`].map(text),
    int(entries.length),
  ];
  const toc = entries.flatMap((entry, index) => writeEntry(entry, index + 1, minor));
  const blocks = entries.flatMap(({ data }, index) =>
    data === undefined ? [] : [Buffer.from([1]), int(index + 1), ...chunks(pack(data, compression)), int(0)],
  );
  return Buffer.concat([...head, ...toc, ...blocks]);
}

function writeEntry(entry: WrittenEntry, id: number, minor: number): Buffer[] {
  return [
    int(id),
    int(entry.data === undefined ? 0 : 1),
    text('1259'),
    text('16384'),
    text(entry.tag),
    text(entry.kind),
    ...(minor >= 11 ? [int(entry.data === undefined ? 2 : 3)] : []),
    text(entry.definition ?? ''),
    text(''),
    text(entry.copy ?? null),
    text('public'),
    text(null),
    ...(minor >= 14 ? [text('heap')] : []),
    ...(minor >= 16 ? [int(114)] : []),
    text(entry.owner ?? 'shop_owner'),
    text('false'),
    text('1'),
    text(null),
    Buffer.from([entry.data === undefined ? 3 : 1]),
    Buffer.alloc(8),
  ];
}

function pack(data: string, compression: string): Buffer {
  const bytes = Buffer.from(`${data}\\.\n\n\n`);
  return compression === 'gzip' ? deflateSync(bytes) : bytes;
}

/** Two, so that a chain is a chain. */
function chunks(bytes: Buffer): Buffer[] {
  const half = Math.ceil(bytes.length / 2);
  return [bytes.subarray(0, half), bytes.subarray(half)].flatMap((part) => [int(part.length), part]);
}

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(value < 0 ? 1 : 0);
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
}

function text(value: string | null): Buffer {
  return value === null ? int(-1) : Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)]);
}
