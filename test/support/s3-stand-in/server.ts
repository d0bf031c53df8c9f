import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preconditionFailed, sendObject } from './answer.ts';
import { readContent } from './body.ts';
import { type Bucket, type BucketOptions, createBucket } from './bucket.ts';
import { createFaults, type Fault } from './faults.ts';
import { listObjects } from './listing.ts';
import { createUploads } from './multipart.ts';
import { document, element, errorDocument, S3Error, xmlText } from './s3-error.ts';
import { type Credentials, checkSignature } from './signature.ts';

/**
 * A stand-in for S3, of our own and for tests only: it checks signatures and checksums, serves ranges,
 * conditions, versions, parts and pages, and refuses what S3 refuses. It is not S3.
 */
export interface S3StandIn {
  readonly endpoint: string;
  readonly credentials: Credentials;
  createBucket(name: string, options?: BucketOptions): Bucket;
  bucket(name: string): Bucket;
  /** From now on answers AccessDenied for everything in the bucket. */
  deny(bucket: string): void;
  /** From now on answers ExpiredToken to these credentials. */
  expire(): void;
  inject(fault: Fault): void;
  clearFaults(): void;
  /** `GET /bucket/key bytes=0-99`, as they came. */
  readonly requests: string[];
  stop(): Promise<void>;
}

const CREDENTIALS: Credentials = { accessKeyId: 'STANDINKEY', secretAccessKey: 'stand-in-secret' };

export async function startS3StandIn({ pageSize = 1000 } = {}): Promise<S3StandIn> {
  const buckets = new Map<string, Bucket>();
  const uploads = createUploads();
  const faults = createFaults();
  const denied = new Set<string>();
  const expired = new Set<string>();
  const requests: string[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const [name = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const key = rest.join('/');
    requests.push([request.method, url.pathname, request.headers.range].filter(Boolean).join(' '));
    const fault = faults.next(request);
    if (fault === 'slow-down') throw new S3Error(503, 'SlowDown', 'Please reduce your request rate.');
    const region = checkSignature(request, [CREDENTIALS], expired);
    const bucket = buckets.get(name);
    if (!bucket) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (denied.has(name)) throw new S3Error(403, 'AccessDenied', 'Access Denied');
    if (bucket.region !== region) {
      const where = { 'x-amz-bucket-region': bucket.region };
      throw new S3Error(
        301,
        'PermanentRedirect',
        'The bucket must be addressed using the specified endpoint.',
        where,
      );
    }
    const query = url.searchParams;
    if (key === '') sendXml(response, listObjects(name, bucket, query, pageSize));
    else if (request.method === 'GET' || request.method === 'HEAD') {
      sendObject(request, response, bucket.get(key, query.get('versionId') ?? undefined), fault);
    } else await change(request, response, { name, bucket, key, query });
  };

  const change = async (
    request: IncomingMessage,
    response: ServerResponse,
    { name, bucket, key, query }: { name: string; bucket: Bucket; key: string; query: URLSearchParams },
  ): Promise<void> => {
    const content = await readContent(request);
    const upload = query.get('uploadId');
    if (request.method !== 'DELETE' && request.headers['if-none-match'] === '*' && bucket.has(key)) {
      throw preconditionFailed();
    }
    if (request.method === 'PUT' && upload) {
      const etag = uploads.part(upload, Number(query.get('partNumber')), content);
      response.writeHead(200, { etag }).end();
    } else if (request.method === 'PUT') {
      const until = request.headers['x-amz-object-lock-retain-until-date'];
      const retainUntil = until ? new Date(String(until)) : null;
      const { etag, versionId } = bucket.put(key, content, { retainUntil });
      response.writeHead(200, { etag, 'x-amz-version-id': versionId }).end();
    } else if (request.method === 'POST' && query.has('uploads')) {
      const id = element('UploadId', uploads.begin(bucket, key));
      sendXml(
        response,
        document(
          'InitiateMultipartUploadResult',
          element('Bucket', name) + element('Key', xmlText(key)) + id,
        ),
      );
    } else if (request.method === 'POST' && upload) {
      const { etag } = uploads.complete(upload, partsOf(content.bytes.toString()));
      sendXml(
        response,
        document(
          'CompleteMultipartUploadResult',
          element('Key', xmlText(key)) + element('ETag', xmlText(etag)),
        ),
      );
    } else if (request.method === 'DELETE') {
      if (upload) uploads.abort(upload);
      else bucket.remove(key, query.get('versionId') ?? undefined);
      response.writeHead(204).end();
    } else
      throw new S3Error(
        405,
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
      );
  };

  const server = createServer((request, response) => {
    response.on('error', () => {});
    handle(request, response).catch((error: unknown) => {
      const known = error instanceof S3Error ? error : new S3Error(500, 'InternalError', String(error));
      const body = request.method === 'HEAD' ? '' : errorDocument(known, request.url ?? '/');
      response.writeHead(known.status, { 'content-type': 'application/xml', ...known.headers }).end(body);
      request.resume();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    endpoint: `http://127.0.0.1:${portOf(server.address())}`,
    credentials: CREDENTIALS,
    createBucket: (name, options = {}) => {
      const bucket = createBucket(options);
      buckets.set(name, bucket);
      return bucket;
    },
    bucket: (name) => {
      const bucket = buckets.get(name);
      if (!bucket) throw new Error(`No bucket ${name} in the stand-in`);
      return bucket;
    },
    deny: (bucket) => denied.add(bucket),
    expire: () => expired.add(CREDENTIALS.accessKeyId),
    inject: faults.inject,
    clearFaults: faults.clear,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sendXml(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The stand-in listens on no port');
  return address.port;
}

function partsOf(xml: string): { number: number; etag: string }[] {
  return [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)<\/ETag>/s.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
  }));
}
