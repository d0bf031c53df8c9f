import type { BotConfig } from '../config/bot-config.ts';
import type { Slot } from '../operation/effect.ts';
import type { Operation } from '../operation/operation.ts';
import { type Message, type Slack, SlackError } from '../slack/slack.ts';
import type { PostedMessage, Store } from '../store/store.ts';
import type { LogKeeper } from './log-keeper.ts';
import { card } from './render/card.ts';
import { hostKey } from './render/host-key.ts';
import { plan } from './render/plan.ts';
import { type LiveProgress, progress } from './render/progress.ts';
import { record } from './render/record.ts';
import { sandbox } from './render/sandbox.ts';

export interface PostContext {
  readonly config: BotConfig;
  readonly store: Store;
  readonly slack: Slack;
  readonly log: LogKeeper;
  readonly now: () => string;
  /** What the runner last said of an operation's step at hand. */
  readonly live: (operation: string) => LiveProgress | null;
  /** Workspaces that refuse the plan block get plain sections from the first refusal on. */
  readonly blocks: { plan: boolean };
}

/** Slots whose first message would say nothing once the operation has moved on without them. */
const OPTIONAL: readonly Slot[] = ['plan', 'host-key', 'progress', 'sandbox'];

/** The code of the refusal to say something in the thread of a card that is not there. */
export const NO_CARD = 'no_card';

/** Posts or edits the message of one slot, rendered whole from the operation as it is now. */
export async function postSlot(
  operation: Operation,
  slot: Slot,
  mark: string,
  retried: boolean,
  context: PostContext,
): Promise<void> {
  const { store, slack } = context;
  const posted = await store.message(operation.id, slot);
  if (posted !== null) {
    // What people have approved, and what has been put on record, is never edited.
    if (slot === 'plan' || slot === 'record') return;
    return withPlanFallback(context, async () =>
      slack.update(posted.channel, posted.ts, await render(operation, slot, context)),
    );
  }
  if (OPTIONAL.includes(slot) && !isWanted(operation, slot)) return;
  const thread = slot === 'card' ? null : await threadOf(operation, store);
  await withPlanFallback(context, async () => {
    const threadTs = thread === null ? {} : { threadTs: thread.ts };
    const known = retried ? await slack.findMark(operation.channel, mark, thread?.ts) : null;
    const message = { ...(await render(operation, slot, context)), ...threadTs, mark };
    const at =
      known === null
        ? await slack.post(operation.channel, message)
        : { channel: operation.channel, ts: known };
    await store.rememberMessage(operation.id, slot, at);
    if (slot === 'card' && operation.state === 'awaiting_approval') await seed(slack, at, operation);
  });
}

/**
 * The thread that everything about an operation goes to. A lane is delivered in order, so that a card
 * which is not there by now never will be: Slack refused it for good.
 */
export async function threadOf(operation: Operation, store: Store): Promise<PostedMessage> {
  const root = await store.message(operation.id, 'card');
  if (root === null) throw new SlackError(NO_CARD, null);
  return root;
}

async function render(operation: Operation, slot: Slot, context: PostContext): Promise<Message> {
  switch (slot) {
    case 'card':
      return card(operation, { roles: context.config.roles, now: context.now() });
    case 'plan':
      return plan(operation);
    case 'host-key':
      return hostKey(operation);
    case 'progress':
      return progress(operation, context.live(operation.id), context.blocks.plan);
    case 'sandbox':
      return sandbox(operation);
    case 'record': {
      await context.log.sequence();
      const head = await context.store.newestCheckpoint();
      return record(operation, head?.note ?? '');
    }
  }
}

function isWanted(operation: Operation, slot: Slot): boolean {
  switch (slot) {
    case 'plan':
      return operation.plan !== null;
    case 'host-key':
      return operation.state === 'awaiting_host_key' || operation.attested !== null;
    case 'progress':
      return operation.claim !== null;
    default:
      return operation.sandbox !== null;
  }
}

async function seed(slack: Slack, at: PostedMessage, { terms }: Operation): Promise<void> {
  await slack.react(at.channel, at.ts, terms.emoji.approve);
  await slack.react(at.channel, at.ts, terms.emoji.deny);
}

async function withPlanFallback(context: PostContext, deliver: () => Promise<void>): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    if (!(error instanceof SlackError && error.code === 'invalid_blocks' && context.blocks.plan)) throw error;
    context.blocks.plan = false;
    await deliver();
  }
}
