import type { Logger } from 'pino';
import { parseRecord } from '../audit/record.ts';
import type { Operation } from '../operation/operation.ts';
import { SlackError } from '../slack/slack.ts';
import type { OutboxItem, Reply } from '../store/store.ts';
import { say } from './catalogue.ts';
import { type PostContext, postSlot, threadOf } from './post.ts';
import { headline } from './render/words.ts';

const BATCH = 20;
/** Longer than any single delivery may take, so that no two replicas post the same message. */
const LEASE_MS = 60_000;
const BACKOFF_MS_MAX = 60_000;

/** Delivers what is due to Slack. Returns how many were handled: 0 means that nothing is left for now. */
export async function deliverToSlack(context: PostContext, log: Logger): Promise<number> {
  const items = await context.store.takeOutbox('slack', BATCH, LEASE_MS);
  await Promise.all(items.map((item) => deliverOne(item, context, log)));
  return items.length;
}

async function deliverOne(item: OutboxItem, context: PostContext, log: Logger): Promise<void> {
  try {
    await deliver(item, context);
    await context.store.finishOutbox(item.seq, null);
  } catch (error) {
    if (!(error instanceof SlackError)) log.error({ err: error, item: item.seq }, 'a delivery failed');
    if (error instanceof SlackError && error.retryAfterMs === null) {
      log.error(
        { code: error.code, item: item.seq, effect: item.effect.kind },
        'Slack refused a message for good',
      );
      await context.store.finishOutbox(item.seq, error.code);
      return warnOps(item, error.code, context).catch((failure: unknown) =>
        log.error({ err: failure }, 'the ops channel could not be warned'),
      );
    }
    const backoff = Math.min(BACKOFF_MS_MAX, 500 * 2 ** Math.min(item.attempts, 10));
    const wait = error instanceof SlackError ? Math.max(error.retryAfterMs ?? 0, backoff) : backoff;
    await context.store.postponeOutbox(item.seq, wait, error instanceof Error ? error.message : 'unknown');
  }
}

/** A channel that was archived, or that the bot was removed from: nobody there sees that something is missing. */
async function warnOps(item: OutboxItem, code: string, context: PostContext): Promise<void> {
  const stored = item.operation === null ? null : await context.store.operation(item.operation);
  if (stored === null || item.effect.kind !== 'message') return;
  const { operation } = stored;
  const text = say('slack_refused', {
    code: operation.code,
    slot: item.effect.slot,
    channel: operation.channel,
    error: code,
  });
  await context.slack.post(context.config.channels.ops, { text });
}

async function deliver(item: OutboxItem, context: PostContext): Promise<void> {
  const { effect } = item;
  if (effect.kind === 'reply') return reply(effect, context);
  const upTo = item.operation === null ? 0 : await context.store.newestOutboxSeq(item.operation);
  const stored = item.operation === null ? null : await context.store.operation(item.operation);
  if (stored === null) return;
  const { operation } = stored;
  switch (effect.kind) {
    case 'message':
      await postSlot(operation, effect.slot, item.id, item.attempts > 1, context);
      return context.store.finishSlot(operation.id, effect.slot, upTo);
    case 'note':
      return note(operation, item, say(effect.note, effect.params), context);
    case 'whisper': {
      const thread = await threadOf(operation, context.store);
      return context.slack.whisper(thread.channel, effect.person, say(effect.note, effect.params), thread.ts);
    }
    case 'file':
      return attachRecord(operation, context);
    case 'announce':
      return announce(operation, item, context);
    case 'order':
    case 'claim':
      throw new Error(`${effect.kind} is in Slack's lane (this is a bug)`);
  }
}

async function note(
  operation: Operation,
  item: OutboxItem,
  text: string,
  context: PostContext,
): Promise<void> {
  const thread = await threadOf(operation, context.store);
  const known = item.attempts > 1 ? await context.slack.findMark(thread.channel, item.id, thread.ts) : null;
  if (known === null) await context.slack.post(thread.channel, { text, threadTs: thread.ts, mark: item.id });
}

/** The operation's records as they were sealed, in the order of the log. */
async function attachRecord(operation: Operation, context: PostContext): Promise<void> {
  const thread = await threadOf(operation, context.store);
  const records = await context.store.records(operation.id);
  const head = await context.store.newestCheckpoint();
  const content = JSON.stringify(
    {
      operation: operation.code,
      id: operation.id,
      outcome: operation.state,
      digest: operation.digest,
      checkpoint: head?.note ?? null,
      records: records.map(({ bytes }) => parseRecord(bytes)),
    },
    null,
    2,
  );
  await context.slack.attach(thread.channel, thread.ts, { name: `${operation.code}-audit.json`, content });
}

/** The audit channel is a witness: what it holds, a rewritten log cannot explain away. */
async function announce(operation: Operation, item: OutboxItem, context: PostContext): Promise<void> {
  const { audit } = context.config.channels;
  const known = item.attempts > 1 ? await context.slack.findMark(audit, item.id) : null;
  if (known !== null) return;
  await context.log.sequence();
  const head = await context.store.newestCheckpoint();
  const text = `${headline(operation)}: ${operation.code} · \`${operation.command}\` on \`${operation.target}\` in <#${operation.channel}>\n\`\`\`${head?.note.trim() ?? ''}\`\`\``;
  await context.slack.post(audit, { text, mark: item.id });
}

async function reply(effect: Reply, { slack }: PostContext): Promise<void> {
  try {
    if (effect.responseUrl === null) return await slack.whisper(effect.channel, effect.person, effect.text);
    await slack.respond(effect.responseUrl, effect.text);
  } catch (error) {
    if (!(error instanceof SlackError) || effect.responseUrl === null || error.retryAfterMs !== null)
      throw error;
    await slack.whisper(effect.channel, effect.person, effect.text);
  }
}
