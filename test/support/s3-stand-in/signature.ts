import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const SKEW_MAX_MS = 15 * 60_000;

/**
 * Checks a request's SigV4 signature as S3 does, and returns the region that it was signed for.
 *
 * @throws S3Error with S3's own codes.
 */
export function checkSignature(
  request: IncomingMessage,
  known: readonly Credentials[],
  expired: ReadonlySet<string>,
): string {
  const header = request.headers.authorization;
  if (!header) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const [, accessKeyId = '', date = '', region = '', signedHeaders = '', signature = ''] =
    HEADER.exec(header) ?? [];
  if (!signature)
    throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed');
  const credentials = known.find((one) => one.accessKeyId === accessKeyId);
  if (!credentials) throw new S3Error(403, 'InvalidAccessKeyId', 'The access key does not exist');
  if (expired.has(accessKeyId)) throw new S3Error(400, 'ExpiredToken', 'The provided token has expired.');
  const at = String(request.headers['x-amz-date'] ?? '');
  requireFresh(at, date);
  const scope = `${date}/${region}/s3/aws4_request`;
  const canonical = canonicalRequest(request, signedHeaders.split(';'));
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
  const keys = [date, region, 's3', 'aws4_request'];
  const key = keys.reduce<Buffer | string>(
    (parent, part) => hmac(parent, part),
    `AWS4${credentials.secretAccessKey}`,
  );
  if (hmac(key, toSign).toString('hex') !== signature) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The signature does not match the one that was calculated.',
    );
  }
  return region;
}

function requireFresh(at: string, date: string): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(at) ?? [];
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(instant) || !at.startsWith(date))
    throw new S3Error(403, 'AccessDenied', 'x-amz-date is missing');
  if (Math.abs(Date.now() - instant) > SKEW_MAX_MS) {
    throw new S3Error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the time here is too large',
    );
  }
}

function canonicalRequest(request: IncomingMessage, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const parameters = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => (part.includes('=') ? part : `${part}=`))
    .sort();
  const headers = signedHeaders.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  return [
    request.method ?? '',
    path,
    parameters.join('&'),
    headers.join(''),
    signedHeaders.join(';'),
    String(request.headers['x-amz-content-sha256'] ?? ''),
  ].join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
