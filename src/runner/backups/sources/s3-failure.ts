import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../refusals.ts';

/** The answer ended before all that was promised had come. */
export class ShortBody extends Error {}

export interface Patience {
  /** So often the store is asked before it counts as unreachable. */
  readonly attempts: number;
  /** Doubled after every attempt. */
  readonly firstPauseMs: number;
}

export const PATIENCE: Patience = { attempts: 6, firstPauseMs: 200 };

/**
 * Tries again what may go better: an overloaded store, a cut connection, a body that ended early. Each
 * attempt has the deadline; the caller's abort ends it at once.
 */
export async function retrying<Answer>(
  signal: AbortSignal,
  deadlineMs: number,
  { attempts, firstPauseMs }: Patience,
  attempt: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  for (let count = 1; ; count += 1) {
    signal.throwIfAborted();
    try {
      return await attempt(AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
    } catch (error) {
      signal.throwIfAborted();
      if (count >= attempts || !isTransient(error)) throw error;
      const pause = firstPauseMs * 2 ** (count - 1);
      await sleep(pause / 2 + Math.random() * pause, undefined, { signal });
    }
  }
}

/** What an error of the SDK, or of the socket below it, says of itself. */
export interface Failure {
  /** S3's code (`NoSuchKey`), or the status where an answer had no body to say it (`403`). */
  readonly name: string;
  readonly message: string;
  /** Null when no answer came. */
  readonly status: number | null;
}

const Thrown = z.object({
  name: z.string().catch('Error'),
  code: z.string().optional().catch(undefined),
  $metadata: z.object({ httpStatusCode: z.int().optional() }).optional().catch(undefined),
});
const NAMELESS = new Set(['Error', 'Unknown', 'UnknownError']);

export function failureOf(error: unknown): Failure {
  const { name = 'Error', code, $metadata } = Thrown.safeParse(error).data ?? {};
  const status = $metadata?.httpStatusCode ?? null;
  const better = NAMELESS.has(name) ? (status?.toString() ?? code) : name;
  return { name: better ?? name, message: messageOf(error), status };
}

const TRANSIENT = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'TimeoutError',
  'NetworkingError',
]);

/** What a socket says, as the error's code or, where the SDK wrapped it, in its text. */
const SOCKET =
  /\b(ECONN[A-Z]+|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ERR_STREAM_PREMATURE_CLOSE)\b|socket hang up|^aborted$/;

export function isTransient(error: unknown): boolean {
  if (error instanceof ShortBody) return true;
  const { name, status, message } = failureOf(error);
  if (TRANSIENT.has(name)) return true;
  if (status !== null && status >= 300) return status >= 500 || status === 429;
  return SOCKET.test(name) || SOCKET.test(message);
}
