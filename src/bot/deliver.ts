import type { Logger } from 'pino';
import { parseRecord } from '../audit/record.ts';
import type { Slot } from '../operation/effect.ts';
import type { Operation } from '../operation/operation.ts';
import { SlackError } from '../slack/slack.ts';
import type { OutboxItem, Reply } from '../store/store.ts';
import type { Applier } from './apply.ts';
import { say } from './catalogue.ts';
import { NO_CARD, type PostContext, postSlot, threadOf } from './post.ts';
import { escapedAll } from './render/text.ts';
import { headline } from './render/words.ts';
import { isFinal, tryAgainAfter } from './try-again.ts';

const BATCH = 20;
/** Longer than any single delivery may take, so that no two replicas post the same message. */
const LEASE_MS = 60_000;

export type DeliverContext = PostContext & { readonly applier: Applier };

/** Delivers what is due to Slack. Returns how many were handled: 0 means that nothing is left for now. */
export async function deliverToSlack(context: DeliverContext, log: Logger): Promise<number> {
  const items = await context.store.takeOutbox('slack', BATCH, LEASE_MS);
  await Promise.all(items.map((item) => deliverOne(item, context, log)));
  return items.length;
}

async function deliverOne(item: OutboxItem, context: DeliverContext, log: Logger): Promise<void> {
  try {
    await deliver(item, context);
    await context.store.finishOutbox(item.seq, null);
  } catch (error) {
    if (!(error instanceof SlackError)) log.error({ err: error, item: item.seq }, 'a delivery failed');
    if (!isFinal(error)) {
      const why = error instanceof Error ? error.message : 'unknown';
      return context.store.postponeOutbox(item.seq, tryAgainAfter(error, item.attempts), why);
    }
    const { kind } = item.effect;
    log.error({ code: error.code, item: item.seq, effect: kind }, 'Slack refused a message for good');
    if (item.effect.kind === 'message' && item.operation !== null)
      await messageRefused(item.operation, item.effect.slot, error.code, context).catch((failure: unknown) =>
        log.error({ err: failure }, 'nobody could be told of a refused message'),
      );
    await context.store.finishOutbox(item.seq, error.code);
  }
}

/**
 * A channel that was archived, or that the bot was removed from: nobody there sees that something is
 * missing. Without a card nobody can decide either, and who asked would wait in vain.
 */
async function messageRefused(id: string, slot: Slot, error: string, context: DeliverContext): Promise<void> {
  const { store, slack, applier, config, now } = context;
  const stored = await store.operation(id);
  if (stored === null || error === NO_CARD) return;
  const { code, channel } = stored.operation;
  const params = { code, slot, channel, error };
  if (slot === 'card' && (await store.message(id, 'card')) === null) {
    await applier.apply(id, { type: 'card_lost', at: now(), error });
    await store.enqueueNote(id, { kind: 'note', note: 'slack_refused', params });
  }
  await slack.post(config.channels.ops, { text: say('slack_refused', params) });
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
      return note(operation, item, say(effect.note, escapedAll(effect.params)), context);
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
  const { slack, store } = context;
  try {
    const thread = await threadOf(operation, store);
    const known = item.attempts > 1 ? await slack.findMark(thread.channel, item.id, thread.ts) : null;
    if (known === null) await slack.post(thread.channel, { text, threadTs: thread.ts, mark: item.id });
  } catch (error) {
    if (!isFinal(error)) throw error;
    await slack.post(operation.requester.id, { text: `*${operation.code}*: ${text}`, mark: item.id });
  }
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
    if (!isFinal(error) || effect.responseUrl === null) throw error;
    await slack.whisper(effect.channel, effect.person, effect.text);
  }
}
