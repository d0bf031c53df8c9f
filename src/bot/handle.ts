import { z } from 'zod';
import type { InboxItem, Reply } from '../store/store.ts';
import { say } from './catalogue.ts';
import { cancel, help, ops } from './ops.ts';
import { parse } from './parse.ts';
import { rolesOf, unfit } from './people.ts';
import { type Asked, request } from './request.ts';
import { ReactionEvent, reacted, type VoteContext } from './vote.ts';

const SlashCommand = z.looseObject({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  channel_id: z.string(),
  response_url: z.string().optional(),
});

const BlockActions = z.looseObject({
  user: z.looseObject({ id: z.string() }),
  channel: z.looseObject({ id: z.string() }).optional(),
  response_url: z.string().optional(),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().optional() })),
});

const Mention = z.looseObject({
  event: z.looseObject({
    type: z.literal('app_mention'),
    user: z.string(),
    text: z.string(),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
  }),
});

export interface HandleContext extends VoteContext {
  /** Told of each new operation, so that its preflight's progress reaches who asked. */
  readonly asked: (asked: Asked, responseUrl: string | null) => void;
}

/** One envelope from the inbox. Throwing leaves it there, to be tried again. */
export async function handle(item: InboxItem, context: HandleContext): Promise<void> {
  switch (item.kind) {
    case 'command':
      return command(SlashCommand.parse(item.body), context);
    case 'action':
      return action(BlockActions.parse(item.body), context);
    case 'event': {
      const reaction = ReactionEvent.safeParse(item.body);
      if (reaction.success) return reacted(reaction.data, context);
      const mention = Mention.safeParse(item.body);
      return mention.success ? mentioned(mention.data, context) : undefined;
    }
    case 'view':
      return;
  }
}

/** Who waits for an answer to an envelope, and where; null when nobody does. */
export function asker({ kind, body }: InboxItem): Omit<Reply, 'kind' | 'text'> | null {
  const command = kind === 'command' ? SlashCommand.safeParse(body).data : undefined;
  if (command !== undefined) return answerTo(command.user_id, command.channel_id, command.response_url);
  const pressed = kind === 'action' ? BlockActions.safeParse(body).data : undefined;
  if (pressed?.channel !== undefined)
    return answerTo(pressed.user.id, pressed.channel.id, pressed.response_url);
  const reaction = kind === 'event' ? ReactionEvent.safeParse(body).data?.event : undefined;
  return reaction?.item.channel === undefined ? null : answerTo(reaction.user, reaction.item.channel);
}

function answerTo(person: string, channel: string, responseUrl?: string): Omit<Reply, 'kind' | 'text'> {
  return { person, channel, responseUrl: responseUrl ?? null };
}

async function command(body: z.infer<typeof SlashCommand>, context: HandleContext): Promise<void> {
  const to = answerTo(body.user_id, body.channel_id, body.response_url);
  const answer = (text: string): Promise<void> => context.store.enqueueReply({ kind: 'reply', ...to, text });
  if (body.command === '/ops') return answer(await ops(body.text, body.user_id, context));
  if (/^\s*(help|)\s*$/.test(body.text)) return answer(help(context.config));
  const parsed = parse(body.command, body.text, context.config.commands);
  if (parsed.kind === 'refused') return answer(say(parsed.code, parsed.params));
  const outcome = await request(parsed, { user: body.user_id, channel: body.channel_id }, context);
  if (outcome.kind === 'refused') return answer(say(outcome.code, outcome.params));
  context.asked(outcome, to.responseUrl);
  const { code, command: title, target, runner } = outcome.operation;
  await answer(
    `:mag: *${code}*: \`${title}\` on \`${target}\`. The runner \`${runner}\` is looking at it; the card for its approval follows here.`,
  );
}

/** Slash commands do not work in threads; a mention does, for all that `/ops` can. */
async function mentioned({ event }: z.infer<typeof Mention>, context: HandleContext): Promise<void> {
  const answer = await ops(event.text.replace(/<@\w+>/g, ''), event.user, context);
  await context.slack.whisper(event.channel, event.user, answer, event.thread_ts);
}

async function action(body: z.infer<typeof BlockActions>, context: HandleContext): Promise<void> {
  for (const { action_id: id, value = '' } of body.actions) {
    const text = await pressed(id, value, body.user.id, context);
    if (text === null || body.channel === undefined) continue;
    const to = answerTo(body.user.id, body.channel.id, body.response_url);
    await context.store.enqueueReply({ kind: 'reply', ...to, text });
  }
}

async function pressed(
  id: string,
  code: string,
  user: string,
  context: HandleContext,
): Promise<string | null> {
  if (id === 'cancel') return cancel(code, user, context);
  if (id === 'sandbox_remove') return sandbox(code, user, 'remove', context);
  if (id === 'sandbox_extend') return sandbox(code, user, 'extend', context);
  return null;
}

async function sandbox(
  code: string,
  user: string,
  what: 'remove' | 'extend',
  context: HandleContext,
): Promise<string> {
  const stored = await context.store.operationByCode(code);
  if (stored === null) return say('unknown_operation', { typed: code });
  const { operation } = stored;
  const account = await context.slack.account(user);
  const no = unfit(account);
  if (no !== null) return say(no, { code });
  const policy = context.config.policies[operation.terms.policy];
  const roles = [...(policy?.request.roles ?? []), ...operation.terms.approve.map(({ role }) => role)];
  const held = await rolesOf(context.slack, context.config.roles, roles, user);
  if (held.length === 0) return say('not_in_role', { code, roles: roles.join(', ') });
  const by = { id: user, name: account.name };
  const outcome = await context.applier.apply(operation.id, {
    type: 'sandbox_asked',
    at: context.now(),
    by,
    request: what,
  });
  return outcome.kind === 'refused' ? say(outcome.code, outcome.params) : say(`sandbox_${what}`, { code });
}
