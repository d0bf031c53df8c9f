import type { Bucket } from './bucket.ts';
import { document, element, xmlText } from './s3-error.ts';

/** The answer to ListObjectsV2: pages of at most `pageSize` keys, the token being the last key seen. */
export function listObjects(name: string, bucket: Bucket, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const max = Math.min(Number(query.get('max-keys') ?? pageSize), pageSize);
  const all = bucket.list().filter(({ key }) => key.startsWith(prefix) && (after === '' || key > after));
  const page = all.slice(0, max);
  const more = all.length > page.length;
  const contents = page.map(({ key, bytes, etag, modifiedAt }) =>
    element(
      'Contents',
      element('Key', xmlText(key)) +
        element('LastModified', modifiedAt.toISOString()) +
        element('ETag', xmlText(etag)) +
        element('Size', String(bytes.length)) +
        element('StorageClass', 'STANDARD'),
    ),
  );
  return document(
    'ListBucketResult',
    element('Name', xmlText(name)) +
      element('Prefix', xmlText(prefix)) +
      element('KeyCount', String(page.length)) +
      element('MaxKeys', String(max)) +
      element('IsTruncated', String(more)) +
      (more ? element('NextContinuationToken', xmlText(page.at(-1)?.key ?? '')) : '') +
      contents.join(''),
  );
}
