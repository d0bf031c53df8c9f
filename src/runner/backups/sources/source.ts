import type { Readable } from 'node:stream';
import type { SourceConfig } from '../../../config/runner-config.ts';

/** One stored file, as a listing or a look at it shows it. */
export interface StoredFile {
  /** Path below the source's folder, or the object's whole key. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date | null;
  /** Changes whenever the bytes do: S3's version id, else ETag; null for a file. */
  readonly version: string | null;
  /** Digests that the store keeps of the whole object, lower-case hex. */
  readonly sha256: string | null;
  readonly crc32: string | null;
}

export interface ReadOptions {
  /** First byte and the one after the last. */
  readonly start?: number;
  readonly end?: number;
  readonly signal: AbortSignal;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (done: number) => void;
}

/** A file of this host. */
export interface LocalFile {
  readonly path: string;
  /** It is the runner's own copy, to be removed when it is no longer needed. */
  readonly copied: boolean;
}

/** A place where backups lie. Nothing here writes to it. */
export interface BackupSource {
  readonly config: SourceConfig;
  display(path: string): string;
  /** The part of a path that the configured patterns speak of. */
  nameOf(path: string): string;
  /** All files that the patterns may mean. */
  list(signal: AbortSignal): Promise<StoredFile[]>;
  /**
   * A look at one file; of an object, at the given version.
   *
   * @throws Refusal `backup_not_found`, `backup_outside_sources` or why the source cannot be read.
   */
  stat(path: string, signal: AbortSignal, version?: string | null): Promise<StoredFile>;
  /** A stream that fails, rather than ends early, when the bytes are no longer those of `file`. */
  open(file: StoredFile, options: ReadOptions): Promise<Readable>;
  /** Has the file on this host: where it lies, or copied to the new file `into`, mode 0600. */
  bring(file: StoredFile, into: string, options: FetchOptions): Promise<LocalFile>;
  /** The path that a request means here; null when it does not speak of this source. */
  pathOf(request: string): Promise<string | null>;
}
