import { hasEnded, type Operation } from '../../operation/operation.ts';
import type { Message } from '../../slack/slack.ts';
import { escaped, section, time } from './text.ts';

/** What to do on which host, and in the end who did it. */
export function hostKey(operation: Operation): Message {
  const text = sentence(operation);
  return { text, blocks: [section(text)] };
}

function sentence({ state, attested, challenge, code, runner, dueAt, claim }: Operation): string {
  if (attested !== null && (claim !== null || !hasEnded(state))) {
    const who = `<@${attested.operator.slack}> (Unix user \`${escaped(attested.operator.user)}\`)`;
    return `:key: The host key is turned: ${who} put the allowfile on \`${escaped(challenge?.host ?? runner)}\`.`;
  }
  if (hasEnded(state)) return ':key: The host key is no longer needed; its challenge is void.';
  if (state === 'awaiting_approval')
    return ':key: An approval was withdrawn, so the challenge is void and any allowfile with it.';
  if (challenge === null) return `:key: Asking \`${runner}\` for its challenge…`;
  return [
    `:key: *Now the host key.* An operator runs this on \`${escaped(challenge.host)}\`${dueAt === null ? '' : ` before ${time(dueAt, '{time_secs}')}`}:`,
    `\`\`\`${escaped(challenge.command.join(' '))}\`\`\``,
    `It shows the plan as the runner holds it and asks for the target's name. Its digest must be the one on the card of ${code}.`,
    ...(challenge.mode === 'same-user'
      ? [':warning: Mode `same-user`: the runner’s own Unix user may turn it. Only demo targets allow that.']
      : []),
  ].join('\n');
}
