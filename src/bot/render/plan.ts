import type { Operation } from '../../operation/operation.ts';
import type { Message } from '../../slack/slack.ts';
import { backupInFull, backupOf } from './backup.ts';
import { duration, escaped, sections } from './text.ts';

const MARKS = {
  pass: ':white_check_mark:',
  warn: ':warning:',
  fail: ':x:',
  'not-run': ':grey_question:',
} as const;

/** The whole plan with each step's undo, and what preflight found: posted once, never edited. */
export function plan({ plan: frozen, digest, evidence, code }: Operation): Message {
  if (frozen === null || digest === null) return { text: `${code} has no plan` };
  const backup = backupOf(frozen);
  return {
    text: `The plan of ${code}: ${frozen.steps.map(({ title }) => title).join(', ')}`,
    blocks: sections([
      `*The plan of ${code}*`,
      ...frozen.steps.flatMap((step, n) => [
        `${n + 1}. *${escaped(step.title)}*${step.destructive ? ' :bomb: destructive' : ''} \`${step.action}\``,
        `      undo: ${escaped(step.undo ?? 'nothing to undo')} · at most ${duration(step.timeoutMs)}`,
      ]),
      ' ',
      ...(backup === null ? [] : [...backupInFull(backup), ' ']),
      `*Preflight* on \`${escaped(evidence?.host ?? frozen.runner)}\``,
      ...(evidence?.checks ?? []).map(({ outcome, text }) => `${MARKS[outcome]} ${escaped(text)}`),
      ' ',
      `*Digest* \`${digest}\``,
      `policy \`${frozen.policy.name}\` \`${frozen.policy.digest.slice(0, 16)}\` · command \`${frozen.commandDigest.slice(0, 16)}\` · evidence \`${frozen.evidence.slice(0, 16)}\``,
    ]),
  };
}
