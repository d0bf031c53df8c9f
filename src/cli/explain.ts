import prettyMilliseconds from 'pretty-ms';
import type { Target } from '../config/bot-config.ts';
import type { Command } from '../config/command.ts';
import type { Policy } from '../config/policy.ts';

/** Says in words what has to happen before a command runs: for whoever signs off a policy. */
export function explain(
  command: Command,
  policy: Policy,
  targets: readonly Pick<Target, 'name'>[] = [],
): string {
  const where = targets.length === 0 ? '' : ` on ${targets.map(({ name }) => name).join(', ')}`;
  return [
    `${command.title}${where}, by policy \`${policy.name}\`: ${command.summary}`,
    `  Anyone with the role ${policy.request.roles.join(' or ')} may ask for it.`,
    `  In chat, ${approvers(policy)} must agree within ${words(policy.approvalMs)}, none of them the requester.`,
    `  Then an operator turns the host key on the runner's host within ${words(policy.hostKeyMs)}.`,
    policy.countdownMs === 0
      ? '  It starts at once when both keys are turned.'
      : `  It starts ${words(policy.countdownMs)} after both keys are turned, unless somebody cancels.`,
    `  From then on it has ${words(policy.executionMs)}.`,
    `  :${policy.emoji.approve}: agrees; one :${policy.emoji.deny}: of an approver ends it.`,
    '  Steps:',
    ...command.steps.map(
      ({ title, action, when }, index) =>
        `    ${index + 1}. ${title} (${action}${when === null ? '' : `, only with ${when}`})`,
    ),
  ].join('\n');
}

function approvers({ approve }: Policy): string {
  return approve.map(({ role, count }) => `${count} of ${role}`).join(' and ');
}

function words(ms: number): string {
  return prettyMilliseconds(ms, { verbose: true });
}
