import { z } from 'zod';
import type { BotConfig } from '../config/bot-config.ts';
import { standingApprovals, type Vote } from '../operation/approval.ts';
import type { Operation } from '../operation/operation.ts';
import { type Slack, SlackError } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import type { Applier } from './apply.ts';
import { say } from './catalogue.ts';
import { sameEmoji } from './emoji.ts';
import { rolesOf, unfit } from './people.ts';

export const ReactionEvent = z.looseObject({
  event: z.looseObject({
    type: z.enum(['reaction_added', 'reaction_removed']),
    user: z.string(),
    reaction: z.string(),
    item: z.looseObject({ type: z.string(), channel: z.string().optional(), ts: z.string().optional() }),
  }),
});
export type ReactionEvent = z.infer<typeof ReactionEvent>;

export interface VoteContext {
  readonly config: BotConfig;
  readonly store: Store;
  readonly slack: Slack;
  readonly applier: Applier;
  readonly now: () => string;
}

/** A reaction came or went. Anything but the two configured emoji on a card of ours is nobody's business. */
export async function reacted({ event }: ReactionEvent, context: VoteContext): Promise<void> {
  const { channel, ts } = event.item;
  if (channel === undefined || ts === undefined || event.user === context.slack.self.user) return;
  const stored = await context.store.operationByMessage({ channel, ts });
  const card = stored === null ? null : await context.store.message(stored.operation.id, 'card');
  if (stored === null || card?.ts !== ts) return;
  const decision = decisionOf(event, stored.operation);
  if (decision === null) return;
  const no = await vote(stored.operation, event.user, decision, 'reaction', context);
  if (no !== null)
    await context.slack.whisper(channel, event.user, say(no.code, no.params)).catch(ignoreRefusal);
}

/**
 * One person's decision, from whichever door. Asks Slack who they are now, and fails closed.
 *
 * @returns why it does not count, or null when it does.
 * @throws SlackError when Slack cannot be asked: the envelope stays unprocessed and is tried again.
 */
export async function vote(
  operation: Operation,
  person: string,
  decision: Vote['decision'],
  source: Vote['source'],
  { config, slack, applier, now }: VoteContext,
): Promise<{ readonly code: string; readonly params: Readonly<Record<string, string>> } | null> {
  const account = await slack.account(person);
  const no = decision === 'withdraw' ? null : unfit(account);
  if (no !== null) return { code: no, params: { code: operation.code } };
  const wanted = operation.terms.approve.map(({ role }) => role);
  const at = now();
  const outcome = await applier.apply(operation.id, {
    type: 'voted',
    at,
    vote: {
      person,
      name: account.name,
      decision,
      roles: decision === 'withdraw' ? [] : await rolesOf(slack, config.roles, wanted, person),
      digest: operation.digest ?? '',
      at,
      source,
    },
    reason: null,
  });
  return outcome.kind === 'moved' ? null : outcome;
}

/** Reads the card's reactions as they are now and makes up for every event that was missed. */
export async function reconcile(operation: Operation, context: VoteContext): Promise<void> {
  const card = await context.store.message(operation.id, 'card');
  if (card === null || operation.digest === null) return;
  const reactions = await context.slack.reactions(card.channel, card.ts).catch(async (error: unknown) => {
    if (!isGone(error)) throw error;
    await context.applier.apply(operation.id, { type: 'card_lost', at: context.now(), error: error.code });
    return null;
  });
  if (reactions === null) return;
  const reactedWith = (emoji: string): string[] => [
    ...new Set(reactions.filter(({ name }) => sameEmoji(name, emoji)).flatMap(({ users }) => users)),
  ];
  const { emoji } = operation.terms;
  const others = (users: readonly string[]): string[] =>
    users.filter((user) => user !== context.slack.self.user);
  for (const person of others(reactedWith(emoji.deny)))
    await vote(operation, person, 'deny', 'reconcile', context);
  const approvers = others(reactedWith(emoji.approve));
  const standing = standingApprovals(operation.votes, operation.digest).map(({ person }) => person);
  for (const person of standing.filter((known) => !approvers.includes(known)))
    await vote(operation, person, 'withdraw', 'reconcile', context);
  for (const person of approvers.filter((user) => !standing.includes(user)))
    await vote(operation, person, 'approve', 'reconcile', context);
}

/** The card was deleted, or the bot cannot look into the channel any more. */
function isGone(error: unknown): error is SlackError {
  const gone = ['message_not_found', 'channel_not_found', 'not_in_channel'];
  return error instanceof SlackError && gone.includes(error.code);
}

function decisionOf(event: ReactionEvent['event'], { terms }: Operation): Vote['decision'] | null {
  const added = event.type === 'reaction_added';
  if (sameEmoji(event.reaction, terms.emoji.approve)) return added ? 'approve' : 'withdraw';
  return added && sameEmoji(event.reaction, terms.emoji.deny) ? 'deny' : null;
}

/** Someone who left the channel cannot be told; their reaction still does not count. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SlackError)) throw error;
}
