import type { Logger } from 'pino';
import { z } from 'zod';
import { claim } from './claim.ts';
import { deliverToSlack } from './deliver.ts';
import { type HandleContext, handle } from './handle.ts';
import type { PostContext } from './post.ts';
import { reconcile } from './vote.ts';

const INBOX_BATCH = 20;
/** After so many tries an envelope is set aside with its error, so that it cannot hold up the rest. */
const INBOX_ATTEMPTS_MAX = 60;
/** Times the attempts so far: a second, then two, up to a minute. */
const INBOX_RETRY_MS = 1_000;
const CLAIM_LEASE_MS = 30_000;
/** By then people who see both keys turned wonder why nothing starts. */
const CLAIM_TELL_AFTER = 5;
const DUE_BATCH = 50;

export type WorkContext = HandleContext & PostContext;

/** Everything that any replica may do, until nothing is left: envelopes, deadlines, claims, deliveries. */
export async function work(context: WorkContext, log: Logger): Promise<void> {
  for (let busy = true; busy; ) {
    const handled = await handleInbox(context, log);
    await passDeadlines(context);
    const claims = await takeClaims(context, log);
    const delivered = await deliverToSlack(context, log);
    busy = handled + claims + delivered > 0;
  }
}

/** Re-reads the cards of everything that awaits a key: reactions that no event told of count all the same. */
export async function reconcileOpen(context: WorkContext, log: Logger): Promise<void> {
  for (const { operation } of await context.store.openOperations()) {
    if (!['awaiting_approval', 'awaiting_host_key', 'countdown'].includes(operation.state)) continue;
    await reconcile(operation, context).catch((error: unknown) => {
      log.warn({ err: error, operation: operation.code }, 'a card could not be read again');
    });
  }
}

async function handleInbox(context: WorkContext, log: Logger): Promise<number> {
  const items = await context.store.takeInbox(INBOX_BATCH);
  let done = 0;
  for (const item of items) {
    try {
      await handle(item, context);
      await context.store.finishInbox(item.id, null);
      done += 1;
    } catch (error) {
      // Malformed stays malformed; everything else may pass, and an approval must not be lost to it.
      const hopeless = error instanceof z.ZodError || item.attempts >= INBOX_ATTEMPTS_MAX;
      log[hopeless ? 'error' : 'warn'](
        { err: error, item: item.id, kind: item.kind },
        'an envelope was not handled',
      );
      if (hopeless)
        await context.store.finishInbox(item.id, error instanceof Error ? error.message : 'unknown');
      else await context.store.postponeInbox(item.id, INBOX_RETRY_MS * item.attempts);
    }
  }
  return done;
}

async function passDeadlines({ store, applier, now }: WorkContext): Promise<void> {
  const at = now();
  for (const { operation } of await store.dueOperations(at, DUE_BATCH)) {
    const type = operation.state === 'countdown' ? 'countdown_over' : 'deadline_passed';
    await applier.apply(operation.id, { type, at });
  }
}

async function takeClaims(context: WorkContext, log: Logger): Promise<number> {
  const { store } = context;
  const items = await store.takeOutbox('claim', DUE_BATCH, CLAIM_LEASE_MS);
  let done = 0;
  for (const item of items) {
    const stored = item.operation === null ? null : await store.operation(item.operation);
    const result = stored === null ? ({ kind: 'done' } as const) : await claim(stored.operation, context);
    if (result.kind === 'done') {
      await store.finishOutbox(item.seq, null);
      done += 1;
      continue;
    }
    log.info({ operation: stored?.operation.code, why: result.why }, 'the claim has to wait');
    await store.postponeOutbox(item.seq, result.afterMs, result.why);
    if (item.attempts === CLAIM_TELL_AFTER && stored !== null) {
      const params = { code: stored.operation.code, error: result.why };
      await store.enqueueNote(stored.operation.id, { kind: 'note', note: 'claim_waits', params });
    }
  }
  return done;
}
