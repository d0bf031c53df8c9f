import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { SlackError } from '../slack/slack.ts';
import type { InboxItem, Store, StoredOperation } from '../store/store.ts';
import { say } from './catalogue.ts';
import { type Claimed, claim } from './claim.ts';
import { deliverToSlack } from './deliver.ts';
import { asker, type HandleContext, handle } from './handle.ts';
import type { PostContext } from './post.ts';
import { isFinal, tryAgainAfter } from './try-again.ts';
import { reconcile } from './vote.ts';

const INBOX_BATCH = 20;
/** After so many tries an envelope is set aside with its error: an open one holds up the claim of its card. */
const ATTEMPTS_MAX = 5;
/** While Slack is away there is no claim either, and the envelope may wait. */
const SILENT_ATTEMPTS_MAX = 20;
const CLAIM_LEASE_MS = 30_000;
/** By then people who see both keys turned wonder why nothing starts. */
const CLAIM_TELL_AFTER = 5;
const DUE_BATCH = 50;

export type WorkContext = HandleContext & PostContext;

/** Everything that any replica may do, until nothing is left: envelopes, deadlines, claims, deliveries. */
export async function work(context: WorkContext, log: Logger): Promise<void> {
  for (let busy = true; busy; ) {
    const handled = await handleInbox(context, log);
    await passDeadlines(context, log);
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
      const level = error instanceof SlackError ? 'warn' : 'error';
      log[level]({ err: error, item: item.id, kind: item.kind }, 'an envelope was not handled');
      await notHandled(item, error, context.store);
    }
  }
  return done;
}

/** Tried again, a little later each time; set aside in the end, and then whoever waits is told. */
async function notHandled(item: InboxItem, error: unknown, store: Store): Promise<void> {
  const attemptsMax = error instanceof SlackError ? SILENT_ATTEMPTS_MAX : ATTEMPTS_MAX;
  const hopeless = isFinal(error) || error instanceof ZodError || item.attempts >= attemptsMax;
  if (!hopeless) return store.postponeInbox(item.id, tryAgainAfter(error, item.attempts));
  const waiting = asker(item);
  const params = { error: error instanceof SlackError ? error.code : 'a fault of mine' };
  if (waiting !== null)
    await store.enqueueReply({ kind: 'reply', ...waiting, text: say('not_handled', params) });
  await store.finishInbox(item.id, error instanceof Error ? error.message : 'unknown');
}

/** One operation that cannot be moved holds up no other. */
async function passDeadlines({ store, applier, now }: WorkContext, log: Logger): Promise<void> {
  const at = now();
  for (const { operation } of await store.dueOperations(at, DUE_BATCH)) {
    const type = operation.state === 'countdown' ? 'countdown_over' : 'deadline_passed';
    await applier.apply(operation.id, { type, at }).catch((error: unknown) => {
      log.error({ err: error, operation: operation.code }, 'a deadline could not be passed');
    });
  }
}

async function takeClaims(context: WorkContext, log: Logger): Promise<number> {
  const { store } = context;
  const items = await store.takeOutbox('claim', DUE_BATCH, CLAIM_LEASE_MS);
  let done = 0;
  for (const item of items) {
    const stored = item.operation === null ? null : await store.operation(item.operation);
    const result = stored === null ? ({ kind: 'done' } as const) : await tryClaim(stored, context, log);
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

/** One claim that breaks holds up neither the others nor what goes out. */
async function tryClaim({ operation }: StoredOperation, context: WorkContext, log: Logger): Promise<Claimed> {
  try {
    return await claim(operation, context);
  } catch (error) {
    log.error({ err: error, operation: operation.code }, 'a claim broke');
    return { kind: 'again', afterMs: CLAIM_LEASE_MS, why: 'a fault of mine' };
  }
}
