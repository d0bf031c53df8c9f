import type { KnownBlock } from '@slack/web-api';
import { z } from 'zod';
import { Rung } from '../../actions/ladder.ts';
import { parseCheckpoint } from '../../audit/checkpoint.ts';
import type { Operation } from '../../operation/operation.ts';
import type { Message } from '../../slack/slack.ts';
import { backupOf } from './backup.ts';
import { context, duration, escaped, header, section, sections, time } from './text.ts';
import { headline } from './words.ts';

const MARKS = {
  pass: ':white_check_mark:',
  fail: ':x:',
  'not-run': ':warning:',
  'not-configured': ':white_circle:',
} as const;

/** The summary that ends an operation's thread. `checkpoint` is the signed head that covers all its records. */
export function record(operation: Operation, checkpoint: string): Message {
  const head = parseCheckpoint(checkpoint);
  const title = `Audit record of ${operation.code}`;
  const blocks: KnownBlock[] = [
    header(title),
    section(`*${headline(operation)}*${outcome(operation)}`),
    ...sections(ladder(operation)),
    ...sections(whoDidWhat(operation)),
    ...sections(how(operation)),
    context(
      `log \`${head.origin}\` at ${head.size} records`,
      `root \`${head.root.slice(0, 16)}\``,
      `\`${operation.records}\` records of this operation`,
    ),
    section(`\`\`\`${checkpoint.trim()}\`\`\``),
  ];
  return { text: `${title}: ${headline(operation)}`, blocks };
}

function outcome({ problem, state, command, target }: Operation): string {
  const what = ` · \`${escaped(command)}\` on \`${target}\` ended \`${state}\``;
  return problem === null
    ? what
    : `${what}\n*${escaped(problem.text)}* ${escaped(problem.hint)} \`${problem.code}\``;
}

function ladder({ rungs }: Operation): string[] {
  const climbed = z.array(Rung).safeParse(rungs);
  if (!climbed.success || climbed.data.length === 0) return [];
  return [
    '*Verification*',
    ...climbed.data.flatMap(({ rung, outcome: how, summary, findings, durationMs }) => [
      `${MARKS[how]} *${rung}* ${how === 'pass' ? '' : `_${how.replace('-', ' ')}_ `}${escaped(summary)}${durationMs > 0 ? ` · ${duration(durationMs)}` : ''}`,
      ...findings
        .filter(({ severity }) => severity !== 'note')
        .map(
          ({ severity, text, code }) =>
            `      ${severity === 'error' ? ':small_red_triangle:' : ':warning:'} ${escaped(text)} \`${code}\``,
        ),
    ]),
  ];
}

function whoDidWhat(operation: Operation): string[] {
  const { requester, votes, attested, stoppedBy, claim, plan } = operation;
  return [
    '*Who did what*',
    `• asked by <@${requester.id}> ${time(operation.createdAt)}${operation.reason === null ? '' : `: _${escaped(operation.reason)}_`}`,
    ...votes.map(
      ({ person, decision, at, roles }) =>
        `• ${PAST[decision]} by <@${person}>${roles.length > 0 ? ` as \`${roles.join(', ')}\`` : ''} ${time(at)}`,
    ),
    `• chat key ${claim === null ? 'not claimed' : `claimed ${time(claim.at)} with ${claim.approvals.length} standing approval${claim.approvals.length === 1 ? '' : 's'}`}`,
    attested === null
      ? '• host key not turned'
      : `• host key turned by <@${attested.operator.slack}> as \`${escaped(attested.operator.user)}\` on \`${escaped(operation.challenge?.host ?? operation.runner)}\` ${time(attested.at)}${plan?.hostKey === 'same-user' ? ' in the mode `same-user`, which proves no presence (demo only)' : ''}`,
    ...(stoppedBy === null ? [] : [`• stopped by <@${stoppedBy.id}>`]),
  ];
}

const PAST = { approve: 'approved', withdraw: 'withdrawn', deny: 'denied' } as const;

function how(operation: Operation): string[] {
  const { steps, plan, digest, evidence, startedAt, endedAt, terms } = operation;
  const backup = plan === null ? null : backupOf(plan);
  const total = startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
  return [
    '*How*',
    ...steps.map(
      ({ title, phase, durationMs }) =>
        `• ${escaped(title)}: ${phase.replace('_', ' ')}${durationMs === null ? '' : ` in ${duration(durationMs)}`}`,
    ),
    ...(total === null ? [] : [`• ${duration(total)} in all`]),
    ...(backup === null ? [] : [`• backup \`${escaped(backup.display)}\` SHA-256 \`${backup.sha256}\``]),
    ...(digest === null ? [] : [`• plan \`${digest}\``]),
    ...(evidence === null ? [] : [`• evidence \`${evidence.digest}\``]),
    `• policy \`${terms.policy}\` \`${terms.policyDigest.slice(0, 16)}\``,
  ];
}
