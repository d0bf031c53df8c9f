import { createHash, randomUUID } from 'node:crypto';
import type { Content } from './body.ts';
import type { Bucket, StoredObject } from './bucket.ts';
import { S3Error } from './s3-error.ts';

interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  readonly parts: Map<number, Content & { readonly etag: string }>;
}

const PART_BYTES_MIN = 5 * 1024 * 1024;

/** Uploads in parts that were begun and not yet completed. */
export function createUploads() {
  const uploads = new Map<string, Upload>();
  const find = (id: string): Upload => {
    const upload = uploads.get(id);
    if (!upload) throw new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
    return upload;
  };

  return {
    begin: (bucket: Bucket, key: string): string => {
      const id = randomUUID();
      uploads.set(id, { bucket, key, parts: new Map() });
      return id;
    },
    part: (id: string, number: number, content: Content): string => {
      const etag = `"${createHash('md5').update(content.bytes).digest('hex')}"`;
      find(id).parts.set(number, { ...content, etag });
      return etag;
    },
    complete: (id: string, listed: readonly { number: number; etag: string }[]): StoredObject => {
      const { bucket, key, parts } = find(id);
      const chosen = listed.map(({ number, etag }, index) => {
        const part = parts.get(number);
        if (!part || part.etag !== etag)
          throw new S3Error(400, 'InvalidPart', `Part ${number} was not found.`);
        if (index < listed.length - 1 && part.bytes.length < PART_BYTES_MIN) {
          throw new S3Error(
            400,
            'EntityTooSmall',
            'Your proposed upload is smaller than the minimum allowed size',
          );
        }
        return part;
      });
      const md5s = chosen.map(({ etag }) => Buffer.from(etag.slice(1, -1), 'hex'));
      const etag = `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${chosen.length}"`;
      uploads.delete(id);
      const bytes = Buffer.concat(chosen.map((part) => part.bytes));
      return bucket.put(key, { bytes, checksums: {} }, { etag });
    },
    abort: (id: string): void => {
      find(id);
      uploads.delete(id);
    },
    open: (): number => uploads.size,
  };
}
