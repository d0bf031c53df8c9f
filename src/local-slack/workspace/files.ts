/** A file: announced with getUploadURLExternal, filled by a POST, made visible by completeUploadExternal. */
export interface StoredFile {
  readonly id: string;
  readonly app: string;
  readonly user: string;
  readonly name: string;
  readonly title: string;
  /** Bytes, as announced. */
  readonly size: number;
  readonly created: number;
  /** Secret part of the upload URL. */
  readonly ticket: string;
  /** Base64; undefined until the bytes have come. */
  readonly content: string | undefined;
  readonly complete: boolean;
  /** Where it was shared: channel ids to the messages' ts. */
  readonly shares: Readonly<Record<string, readonly string[]>>;
}
