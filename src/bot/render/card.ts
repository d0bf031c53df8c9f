import type { KnownBlock } from '@slack/web-api';
import type { Role } from '../../config/bot-config.ts';
import { quorum, standingApprovals } from '../../operation/approval.ts';
import { hasEnded, type Operation } from '../../operation/operation.ts';
import type { Message } from '../../slack/slack.ts';
import { backupInShort, backupOf } from './backup.ts';
import { context, duration, escaped, fields, header, section, sections, time } from './text.ts';
import { headline, whoApproves } from './words.ts';

export interface RenderContext {
  readonly roles: Readonly<Record<string, Role>>;
  readonly now: string;
}

/** The one message of an operation in the channel: what is asked, and in the end what came of it. */
export function card(operation: Operation, { roles, now }: RenderContext): Message {
  const title = `${operation.code} · ${operation.command.replace(/^\//, '')} · ${operation.target}`;
  const blocks: KnownBlock[] = [
    header(title),
    section(`*${headline(operation)}* — asked by <@${operation.requester.id}>${whose(operation)}`),
    ...(operation.plan === null ? [] : [fields(facts(operation, roles, now))]),
    ...whatHappens(operation),
    ...problem(operation),
    ...warnings(operation),
    ...invitation(operation),
    ...footer(operation),
    ...buttons(operation),
  ];
  return { text: `${headline(operation)}: ${title}, asked by ${operation.requester.name}`, blocks };
}

function facts(operation: Operation, roles: RenderContext['roles'], now: string): [string, string][] {
  const { plan, terms, evidence } = operation;
  if (plan === null) return [];
  const backup = backupOf(plan);
  return [
    [
      'Where',
      `\`${plan.target}\` (${plan.environment})\non host \`${escaped(evidence?.host ?? plan.runner)}\``,
    ],
    ...(backup === null ? [] : ([['Backup', backupInShort(backup, now)]] satisfies [string, string][])),
    ['Who may approve', `${whoApproves(terms.approve, roles)}, never <@${operation.requester.id}>`],
    ['Host key', hostKey(operation)],
    ['Approved by', approvers(operation)],
    ...validity(operation),
  ];
}

/** In sections of their own: a field holds 2 000 characters, and nothing of this may ever be cut. */
function whatHappens({ plan, state }: Operation): KnownBlock[] {
  if (plan === null || hasEnded(state)) return [];
  const lost = plan.steps.filter((step) => step.destructive).map(({ title }) => `:bomb: ${escaped(title)}`);
  const none = `*What will be lost* Nothing: no step touches the live \`${plan.target}\`.`;
  return sections([
    '*What happens*',
    ...plan.steps.map(({ title }, n) => `${n + 1}. ${escaped(title)}`),
    ...(lost.length === 0 ? [none] : ['*What will be lost*', ...lost]),
  ]);
}

function hostKey({ plan, attested }: Operation): string {
  const weak = plan?.hostKey === 'same-user';
  if (attested !== null) return `turned by <@${attested.operator.slack}>${weak ? ', mode `same-user`' : ''}`;
  return weak
    ? ':warning: mode `same-user`: no second Unix user proves presence (demo only)'
    : 'an operator on the host, who is not the approver';
}

function approvers({ votes, digest, terms }: Operation): string {
  const { filled, missing } = quorum(terms.approve, standingApprovals(votes, digest ?? ''));
  const names = filled.map(({ person, role }) => `<@${person}> (${role})`);
  const open = missing.map(({ role, count }) => `${count} of \`${role}\` needed`);
  return [...names, ...open].join('\n');
}

function validity(operation: Operation): [string, string][] {
  if (hasEnded(operation.state)) {
    const { startedAt, endedAt } = operation;
    if (endedAt === null) return [];
    const took = startedAt === null ? '' : ` after ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`;
    return [['Ended', `${time(endedAt)}${took}`]];
  }
  if (operation.dueAt === null) return [];
  const names: Readonly<Record<string, string>> = {
    awaiting_host_key: 'Host key until',
    countdown: 'Starts at',
    running: 'Must end by',
  };
  return [[names[operation.state] ?? 'Approve until', time(operation.dueAt, '{time_secs}')]];
}

function whose({ reason, stoppedBy, state }: Operation): string {
  const why = reason === null ? '' : `: _${escaped(reason)}_`;
  return stoppedBy === null || !hasEnded(state) ? why : `${why}, stopped by <@${stoppedBy.id}>`;
}

function problem({ problem: found }: Operation): KnownBlock[] {
  if (found === null) return [];
  return sections([`*${escaped(found.text)}*`, escaped(found.hint), `\`${found.code}\``]);
}

function warnings({ evidence, state }: Operation): KnownBlock[] {
  const loud = (evidence?.checks ?? []).filter(({ outcome }) => outcome === 'warn' || outcome === 'not-run');
  if (hasEnded(state)) return [];
  return sections(
    loud.map(
      ({ text, outcome }) => `:warning: ${escaped(text)}${outcome === 'not-run' ? ' _(not run)_' : ''}`,
    ),
  );
}

function invitation({ state, terms }: Operation): KnownBlock[] {
  if (state !== 'awaiting_approval') return [];
  return [
    section(
      `React :${terms.emoji.approve}: to approve, :${terms.emoji.deny}: to deny. The full plan is in the thread.`,
    ),
  ];
}

function footer({ digest, terms }: Operation): KnownBlock[] {
  if (digest === null) return [];
  return [context(`plan \`${digest.slice(0, 16)}\``, `policy \`${terms.policy}\``)];
}

function buttons({ state, code }: Operation): KnownBlock[] {
  if (!['awaiting_approval', 'awaiting_host_key', 'countdown'].includes(state)) return [];
  return [
    {
      type: 'actions',
      // The same over every edit, so that a press during an edit still finds its button.
      block_id: 'card_actions',
      elements: [
        { type: 'button', action_id: 'cancel', value: code, text: { type: 'plain_text', text: 'Cancel' } },
      ],
    },
  ];
}
