import { standingApprovals } from '../operation/approval.ts';
import { CLAIM_READ_DEADLINE_MS } from '../operation/limits.ts';
import type { Operation } from '../operation/operation.ts';
import { SlackError } from '../slack/slack.ts';
import { sameEmoji } from './emoji.ts';
import { rolesOf, unfit } from './people.ts';
import { reconcile, type VoteContext } from './vote.ts';

/** How soon to try again while Slack does not answer, or while an envelope for the card waits. */
const RETRY_MS = 500;
/** After an answer that no waiting is likely to change. */
const RETRY_FINAL_MS = 10_000;

/** `done`: nothing more to do; `again`: ask once more after so long. */
export type Claimed =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number; readonly why: string };

/**
 * Both keys are turned: read Slack once more and, if the chat key still stands, claim. Unknown means no,
 * and no only means "not yet" until the host key expires.
 */
export async function claim(operation: Operation, context: VoteContext): Promise<Claimed> {
  const card = await context.store.message(operation.id, 'card');
  if (operation.state !== 'awaiting_host_key' || operation.attested === null || card === null)
    return { kind: 'done' };
  if ((await context.store.unprocessedFor(card)) > 0) return again('an unread reaction');
  try {
    await within(CLAIM_READ_DEADLINE_MS, reconcile(operation, context));
    const readAt = context.now();
    const approvals = await within(CLAIM_READ_DEADLINE_MS, stillApproving(operation, card, context));
    if ((await context.store.unprocessedFor(card)) > 0) return again('an unread reaction');
    const outcome = await context.applier.apply(operation.id, {
      type: 'claimed',
      at: context.now(),
      approvals,
      readAt,
      fence: await context.store.nextFence(operation.runner),
    });
    if (outcome.kind === 'refused' && outcome.code === 'reading_too_old') return again(outcome.code);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { kind: 'again', afterMs: error.retryAfterMs ?? RETRY_FINAL_MS, why: error.code };
  }
}

async function stillApproving(
  operation: Operation,
  card: { readonly channel: string; readonly ts: string },
  { slack, config }: VoteContext,
): Promise<{ person: string; roles: string[] }[]> {
  const reactions = await slack.reactions(card.channel, card.ts);
  const onCard = (emoji: string): string[] =>
    reactions.filter(({ name }) => sameEmoji(name, emoji)).flatMap(({ users }) => users);
  const wanted = operation.terms.approve.map(({ role }) => role);
  const approving = standingApprovals(operation.votes, operation.digest ?? '').filter(({ person }) =>
    onCard(operation.terms.emoji.approve).includes(person),
  );
  const live = await Promise.all(
    approving.map(async ({ person }) => {
      const fit = unfit(await slack.account(person)) === null;
      return { person, roles: fit ? await rolesOf(slack, config.roles, wanted, person) : [] };
    }),
  );
  return live.filter(({ roles }) => roles.length > 0);
}

function again(why: string): Claimed {
  return { kind: 'again', afterMs: RETRY_MS, why };
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SlackError('too_slow', RETRY_MS)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
