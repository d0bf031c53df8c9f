import { createHash, randomUUID } from 'node:crypto';
import type { Content } from './body.ts';
import { S3Error } from './s3-error.ts';

/** One version of one object. */
export interface StoredObject {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: Buffer;
  /** With its quotes. */
  readonly etag: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly modifiedAt: Date;
  readonly deleteMarker: boolean;
  readonly retainUntil: Date | null;
}

export interface BucketOptions {
  readonly region?: string;
  readonly versioning?: boolean;
}

/** A bucket's objects, newest version last. */
export interface Bucket {
  readonly region: string;
  readonly versioning: boolean;
  /** @throws S3Error `NoSuchKey` or `NoSuchVersion`. */
  get(key: string, versionId?: string): StoredObject;
  put(key: string, content: Content, options?: PutOptions): StoredObject;
  /** @throws S3Error `AccessDenied` for a version under retention. */
  remove(key: string, versionId?: string): StoredObject | null;
  /** The newest versions that are no delete markers, by key. */
  list(): StoredObject[];
  has(key: string): boolean;
}

export interface PutOptions {
  readonly etag?: string;
  readonly retainUntil?: Date | null;
}

export function createBucket({ region = 'us-east-1', versioning = false }: BucketOptions): Bucket {
  const objects = new Map<string, StoredObject[]>();
  const newest = (key: string): StoredObject | undefined => objects.get(key)?.at(-1);

  const add = (object: StoredObject): StoredObject => {
    objects.set(object.key, versioning ? [...(objects.get(object.key) ?? []), object] : [object]);
    return object;
  };
  const make = (key: string, content: Content, options: PutOptions, deleteMarker: boolean): StoredObject => ({
    key,
    versionId: versioning ? randomUUID() : 'null',
    bytes: content.bytes,
    etag: options.etag ?? `"${createHash('md5').update(content.bytes).digest('hex')}"`,
    checksums: content.checksums,
    // S3 keeps whole seconds.
    modifiedAt: new Date(Math.floor(Date.now() / 1000) * 1000),
    deleteMarker,
    retainUntil: options.retainUntil ?? null,
  });

  return {
    region,
    versioning,
    get: (key, versionId) => {
      const found = versionId ? objects.get(key)?.find((one) => one.versionId === versionId) : newest(key);
      if (found && !found.deleteMarker) return found;
      if (versionId) throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.');
      throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    },
    put: (key, content, options = {}) => add(make(key, content, options, false)),
    remove: (key, versionId) => {
      if (!versionId && versioning)
        return add(make(key, { bytes: Buffer.alloc(0), checksums: {} }, {}, true));
      const kept = objects.get(key) ?? [];
      const victim = versionId ? kept.find((one) => one.versionId === versionId) : kept.at(-1);
      if (victim?.retainUntil && victim.retainUntil > new Date()) {
        throw new S3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
      }
      objects.set(
        key,
        kept.filter((one) => one !== victim),
      );
      return victim ?? null;
    },
    list: () =>
      [...objects.keys()]
        .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
        .flatMap((key) => newest(key) ?? [])
        .filter(({ deleteMarker }) => !deleteMarker),
    has: (key) => newest(key)?.deleteMarker === false,
  };
}
