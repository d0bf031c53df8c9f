import type { BotConfig } from '../config/bot-config.ts';
import { standingApprovals } from '../operation/approval.ts';
import type { Operation, Person } from '../operation/operation.ts';
import { SlackError } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import { say } from './catalogue.ts';
import { readCode } from './code.ts';
import { rolesOf, unfit } from './people.ts';
import { escaped, time } from './render/text.ts';
import { headline } from './render/words.ts';
import type { VoteContext } from './vote.ts';

const RECENT = 8;

/** `/ops …`: what is going on, and stopping it. Answers are for the person who asked. */
export async function ops(text: string, user: string, context: VoteContext): Promise<string> {
  const [word = 'help', argument = ''] = text.trim().split(/\s+/);
  switch (word.toLowerCase()) {
    case 'status':
      return status(context.store);
    case 'show':
      return show(argument, context.store);
    case 'cancel':
      return cancel(argument, user, context);
    case 'runners':
      return runners(context.store, context.config);
    case 'help':
    case '':
      return help(context.config);
    default:
      return say('unknown_command', {
        typed: `/ops ${escaped(text)}`,
        commands: '`/ops status`, `/ops show`, `/ops cancel`, `/ops runners`, `/ops help`',
      });
  }
}

/** For the Cancel buttons and `/ops cancel` alike. */
export async function cancel(code: string, user: string, context: VoteContext): Promise<string> {
  const stored = await context.store.operationByCode(readCode(code));
  if (stored === null) return say('unknown_operation', { typed: escaped(code) });
  const { operation } = stored;
  try {
    const by = await mayCancel(operation, user, context);
    if (by === null)
      return say('not_yours_to_cancel', { code: operation.code, requester: `<@${operation.requester.id}>` });
    const outcome = await context.applier.apply(operation.id, {
      type: 'cancel_asked',
      at: context.now(),
      by,
    });
    if (outcome.kind === 'refused') return say(outcome.code, outcome.params);
    return say(outcome.operation.state === 'running' ? 'cancel_sent' : 'cancelled', { code: operation.code });
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return say('slack_silent', { error: error.code });
  }
}

async function mayCancel(
  operation: Operation,
  user: string,
  { slack, config }: VoteContext,
): Promise<Person | null> {
  const account = await slack.account(user);
  if (unfit(account) !== null) return null;
  const person = { id: user, name: account.name };
  if (user === operation.requester.id || user === operation.attested?.operator.slack) return person;
  if (standingApprovals(operation.votes, operation.digest ?? '').some((vote) => vote.person === user))
    return person;
  const roles = operation.terms.approve.map(({ role }) => role);
  return (await rolesOf(slack, config.roles, roles, user)).length > 0 ? person : null;
}

async function status(store: Store): Promise<string> {
  const recent = await store.recentOperations(RECENT);
  if (recent.length === 0) return 'No operation has been asked for yet. `/ops help` lists what can be.';
  return recent.map(({ operation }) => line(operation)).join('\n');
}

async function show(code: string, store: Store): Promise<string> {
  const stored = code === '' ? null : await store.operationByCode(readCode(code));
  if (stored === null) return say('unknown_operation', { typed: escaped(code) });
  const { operation } = stored;
  return [
    line(operation),
    ...(operation.problem === null
      ? []
      : [`${escaped(operation.problem.text)} ${escaped(operation.problem.hint)}`]),
    ...operation.steps.map(({ title, phase }) => `• ${escaped(title)}: ${phase.replace('_', ' ')}`),
    ...(operation.digest === null ? [] : [`plan \`${operation.digest}\``]),
  ].join('\n');
}

function line(operation: Operation): string {
  return `${headline(operation)} · *${operation.code}* \`${operation.command}\` on \`${operation.target}\`, asked by <@${operation.requester.id}> ${time(operation.createdAt)} in <#${operation.channel}>`;
}

async function runners(store: Store, config: BotConfig): Promise<string> {
  const rows = new Map((await store.runners()).map((row) => [row.name, row]));
  const lines = Object.keys(config.runners).map((name) => {
    const row = rows.get(name);
    const targets = Object.values(config.targets)
      .filter(({ runner }) => runner === name)
      .map((target) => `\`${target.name}\``);
    const where =
      row?.replica == null ? '' : ` on \`${escaped(row.host ?? '')}\`, version ${escaped(row.version ?? '')}`;
    const seen =
      row?.seenAt == null ? ':white_circle: never seen' : `:red_circle: away since ${time(row.seenAt)}`;
    return `${row?.replica == null ? seen : `:large_green_circle: connected${where}`} · *${name}* for ${targets.join(', ') || 'no target'}`;
  });
  return lines.join('\n') || 'No runner is configured.';
}

/** Generated from the command files, so that help never lags behind what can be asked. */
export function help(config: BotConfig): string {
  return [
    '*What you can ask for* (in a channel: slash commands do not work in threads)',
    ...config.commands.map(({ title, args, summary }) => {
      const usage = args
        .map(({ name, type, default: fallback }) => argumentUsage(name, type, fallback))
        .join(' ');
      return `• \`${title} ${usage}\` ${escaped(summary)}`;
    }),
    '• `/ops status` the newest operations, `/ops show OP-7F3K` one of them, `/ops cancel OP-7F3K`, `/ops runners`',
    `*Targets* ${Object.keys(config.targets)
      .map((name) => `\`${name}\``)
      .join(', ')}`,
    'Nothing happens until two keys are turned: an approver’s reaction here, and an operator’s `twokey allow` on the host.',
  ].join('\n');
}

function argumentUsage(name: string, type: string, fallback: string | null): string {
  if (type === 'target') return `<${name}>`.replace('<', '&lt;').replace('>', '&gt;');
  if (type === 'flag') return `[${name}]`;
  return fallback === null ? `${name}=…` : `[${name}=${fallback}]`;
}
