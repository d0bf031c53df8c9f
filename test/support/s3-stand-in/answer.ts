import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredObject } from './bucket.ts';
import type { FaultKind } from './faults.ts';
import { S3Error } from './s3-error.ts';

/** Sends an object's headers, and for GET its bytes or the range asked for. */
export function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  object: StoredObject,
  fault: FaultKind | null,
): void {
  checkConditions(request, object);
  const range = rangeOf(request.headers.range, object.bytes.length);
  const body = range ? object.bytes.subarray(range.start, range.end) : object.bytes;
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'content-length': String(body.length),
    'last-modified': object.modifiedAt.toUTCString(),
    'accept-ranges': 'bytes',
    etag: object.etag,
    ...(object.versionId === 'null' ? {} : { 'x-amz-version-id': object.versionId }),
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end - 1}/${object.bytes.length}` } : {}),
    // As S3 does, digests of the whole only go with the whole.
    ...(request.headers['x-amz-checksum-mode'] === 'ENABLED' && !range ? checksumHeaders(object) : {}),
  };
  if (request.method === 'HEAD') {
    response.writeHead(200, headers).end();
    return;
  }
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (fault === 'truncate') headers['content-length'] = String(half.length);
  response.writeHead(range ? 206 : 200, headers);
  if (fault === 'truncate') response.end(half);
  else if (fault === 'cut') response.write(half, () => response.destroy());
  else response.end(body);
}

function checksumHeaders({ checksums }: StoredObject): Record<string, string> {
  const entries = Object.entries(checksums).map(([algorithm, value]) => [
    `x-amz-checksum-${algorithm}`,
    value,
  ]);
  return entries.length > 0 ? { ...Object.fromEntries(entries), 'x-amz-checksum-type': 'FULL_OBJECT' } : {};
}

function checkConditions({ headers }: IncomingMessage, { etag }: StoredObject): void {
  const match = headers['if-match'];
  if (match !== undefined && match !== '*' && match !== etag) throw preconditionFailed();
}

export function preconditionFailed(): S3Error {
  return new S3Error(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );
}

function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first !== '' && last !== '' ? Math.min(Number(last) + 1, size) : size;
  if (start >= size) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}
