import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { S3Source } from '../../../config/runner-config.ts';
import { SecretError } from '../../../config/secrets.ts';
import { Refusal } from '../../refusal.ts';
import { backupChanged, backupNotFound } from '../refusals.ts';

type S3Config = z.infer<typeof S3Source>;

/** The answer ended before all that was promised had come. */
export class ShortBody extends Error {}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

/**
 * Tries again what may go better: an overloaded store, a cut connection, a body that ended early. Each
 * attempt has the deadline; the caller's abort ends it at once.
 */
export async function retrying<Answer>(
  signal: AbortSignal,
  deadlineMs: number,
  attempt: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  for (let count = 1; ; count += 1) {
    signal.throwIfAborted();
    try {
      return await attempt(AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
    } catch (error) {
      signal.throwIfAborted();
      if (count >= ATTEMPTS || !isTransient(error)) throw error;
      const pause = FIRST_PAUSE_MS * 2 ** (count - 1);
      await sleep(pause / 2 + Math.random() * pause, undefined, { signal });
    }
  }
}

/** Says in words why the store did not give what was asked. `path` is empty for a listing. */
export function explain(error: unknown, config: S3Config, path: string): Error {
  if (error instanceof Refusal || error instanceof SecretError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const place = `s3://${config.bucket}/${path}`;
  switch (nameOf(error)) {
    case 'NoSuchBucket':
      return refuse(
        's3_bucket_missing',
        `The bucket \`${config.bucket}\` does not exist.`,
        'Correct `bucket`, `region` or `endpoint` of the source in `runner.yml`.',
      );
    case 'NoSuchKey':
    case 'NotFound':
    case '404':
      return backupNotFound(`${place} does not exist.`, 'Look at the keys in that bucket.');
    case 'PreconditionFailed':
    case '412':
    case 'NoSuchVersion':
      return backupChanged(`${place} was replaced while it was looked at.`);
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
    case 'InvalidToken':
    case 'CredentialsProviderError':
      return refuse(
        's3_credentials',
        `The store does not accept the runner's credentials for ${place} (${error.name}).`,
        'Renew them where `access-key-id` and `secret-access-key` of the source come from, or in the profile or role of the host.',
      );
    case 'AccessDenied':
    case 'Forbidden':
    case '403':
      return refuse(
        's3_denied',
        `The runner's credentials may not read ${place}.`,
        'They need s3:GetObject and s3:ListBucket on the bucket, and kms:Decrypt where it is encrypted with KMS.',
      );
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'MovedPermanently':
    case '301':
      return refuse(
        's3_wrong_region',
        `The bucket \`${config.bucket}\` is not in the region \`${config.region}\`.`,
        'Correct `region` of the source in `runner.yml`.',
      );
    default:
      return isTransient(error) ? unreachable(error, config, place) : error;
  }
}

/** HEAD is answered without a body, so its errors are numbers only. */
export function isBodyless(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(4\d\d|301|NotFound|Forbidden|BadRequest|Unknown|UnknownError|MovedPermanently|PermanentRedirect)$/.test(
      nameOf(error),
    )
  );
}

function unreachable(error: Error, config: S3Config, place: string): Refusal {
  const where = config.endpoint ?? `S3 in ${config.region}`;
  return refuse(
    's3_unreachable',
    `${where} did not give ${place} after ${ATTEMPTS} attempts (${error.name === 'Error' ? error.message : error.name}).`,
    'Look at the network of this host and at `endpoint` of the source, then ask again.',
  );
}

const TRANSIENT = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'TimeoutError',
  'NetworkingError',
]);

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (TRANSIENT.has(error.name) || error instanceof ShortBody) return true;
  const status = statusOf(error);
  if (status !== null) return status >= 500 || status === 429;
  // Node's sockets: ECONNRESET, ECONNREFUSED, ENOTFOUND, EPIPE…, or a body that was cut ("aborted").
  return (
    ('code' in error && /^(E[A-Z]+|UND_ERR.*|ERR_STREAM.*)$/.test(String(error.code))) ||
    error.message === 'aborted'
  );
}

function nameOf(error: Error): string {
  const status = statusOf(error);
  return /^(Unknown|UnknownError|Error)$/.test(error.name) && status !== null ? String(status) : error.name;
}

function statusOf(error: Error): number | null {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return null;
  const metadata = error.$metadata;
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : null;
}

function refuse(code: string, what: string, hint: string): Refusal {
  return new Refusal(code, what, hint);
}
