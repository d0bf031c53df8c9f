import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';

/** A request's content after the checks that S3 makes, and the checksums that came with it. */
export interface Content {
  readonly bytes: Buffer;
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Reads a body, plain or `aws-chunked` with trailers, and checks Content-MD5, `x-amz-content-sha256` and
 * every `x-amz-checksum-*` that it knows.
 */
export async function readContent(request: IncomingMessage): Promise<Content> {
  const raw = await buffer(request);
  const declared = String(request.headers['x-amz-content-sha256'] ?? '');
  const chunked = declared.startsWith('STREAMING-');
  const { bytes, trailers } = chunked ? decodeChunks(raw) : { bytes: raw, trailers: {} };
  const length = request.headers['x-amz-decoded-content-length'];
  if (chunked && Number(length) !== bytes.length) {
    throw new S3Error(
      400,
      'IncompleteBody',
      'The decoded body is not as long as x-amz-decoded-content-length',
    );
  }
  if (/^[0-9a-f]{64}$/.test(declared) && declared !== digest('sha256', bytes, 'hex')) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'The body does not have the SHA-256 that was signed');
  }
  const md5 = request.headers['content-md5'];
  if (md5 !== undefined && md5 !== digest('md5', bytes, 'base64')) {
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const given = { ...headersLike(request, 'x-amz-checksum-'), ...trailers };
  return { bytes, checksums: checkChecksums(given, bytes) };
}

function checkChecksums(given: Readonly<Record<string, string>>, bytes: Buffer): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const algorithm = name.replace('x-amz-checksum-', '');
    const computed = checksum(algorithm, bytes);
    if (computed === null) continue;
    if (computed !== value) {
      throw new S3Error(
        400,
        'BadDigest',
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
    }
    kept[algorithm] = value;
  }
  return kept;
}

/** Base64, as S3 writes checksums; null for an algorithm that the stand-in does not compute. */
export function checksum(algorithm: string, bytes: Buffer): string | null {
  if (algorithm === 'sha256' || algorithm === 'sha1') return digest(algorithm, bytes, 'base64');
  if (algorithm !== 'crc32') return null;
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

function digest(algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

function headersLike(request: IncomingMessage, prefix: string): Record<string, string> {
  const entries = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n` … `0\r\n<trailer>:<value>\r\n\r\n` */
function decodeChunks(raw: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.toString('latin1', at, end), 16);
    if (end < 0 || Number.isNaN(size))
      throw new S3Error(400, 'IncompleteBody', 'A chunk of the body is malformed');
    at = end + 2;
    if (size === 0) break;
    parts.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (const line of raw.toString('latin1', at).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { bytes: Buffer.concat(parts), trailers };
}
