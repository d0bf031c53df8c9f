import type { z } from 'zod';
import type { S3Source } from '../../../config/runner-config.ts';
import { SecretError } from '../../../config/secrets.ts';
import { Refusal } from '../../refusal.ts';
import { backupChanged, backupNotFound } from '../refusals.ts';
import { type Failure, failureOf, isTransient } from './s3-failure.ts';

type S3Config = z.infer<typeof S3Source>;

/** Says in words why the store did not give what was asked. `path` is empty for a listing. */
export function explain(error: unknown, config: S3Config, path: string): Error {
  if (error instanceof Refusal || error instanceof SecretError) return error;
  const failure = failureOf(error);
  const place = `s3://${config.bucket}/${path}`;
  switch (failure.name) {
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
        `The store does not accept the runner's credentials for ${place} (${failure.name}).`,
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
      if (isTransient(error)) return unreachable(failure, config, place);
      return new Error(`${place}: ${failure.name}: ${failure.message}`, { cause: error });
  }
}

/** HEAD is answered without a body, so its errors are numbers only. */
export function isBodyless(error: unknown): boolean {
  return /^(4\d\d|301|NotFound|Forbidden|BadRequest|MovedPermanently|PermanentRedirect)$/.test(
    failureOf(error).name,
  );
}

function unreachable({ name, message }: Failure, config: S3Config, place: string): Refusal {
  const where = config.endpoint ?? `S3 in ${config.region}`;
  return refuse(
    's3_unreachable',
    `${where} did not give ${place}, however often it was asked (${name === 'Error' ? message : name}).`,
    'Look at the network of this host and at `endpoint` of the source, then ask again.',
  );
}

function refuse(code: string, what: string, hint: string): Refusal {
  return new Refusal(code, what, hint);
}
