import type { KnownBlock } from '@slack/web-api';
import type { Operation } from '../../operation/operation.ts';
import type { Message } from '../../slack/slack.ts';
import { escaped, section, time } from './text.ts';

/** The restored copy that was left up: how to look at it on the host, and for how long. */
export function sandbox({ sandbox: left, code, evidence, runner }: Operation): Message {
  const host = escaped(evidence?.host ?? runner);
  if (left === null || left.removedAt === null) {
    const text = `:wastebasket: The restored copy of ${code} is removed from \`${host}\`.`;
    return { text, blocks: [section(text)] };
  }
  const text = [
    `:mag: The restored copy is left up on \`${host}\` for inspection, until ${time(left.removedAt)}.`,
    'It is a copy of production: it listens on a Unix socket only, for this host’s operators. To look, type there:',
    `\`\`\`${escaped(left.inspect.map(quoted).join(' '))}\`\`\``,
  ].join('\n');
  return {
    text: `The restored copy of ${code} is left up until ${left.removedAt}`,
    blocks: [section(text), buttons(code)],
  };
}

function buttons(code: string): KnownBlock {
  return {
    type: 'actions',
    // The same over every edit, so that a press during an edit still finds its button.
    block_id: 'sandbox_actions',
    elements: [
      {
        type: 'button',
        action_id: 'sandbox_remove',
        value: code,
        text: { type: 'plain_text', text: 'Remove now' },
      },
      {
        type: 'button',
        action_id: 'sandbox_extend',
        value: code,
        text: { type: 'plain_text', text: 'Keep longer' },
      },
    ],
  };
}

/** As a person would type it into a shell. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replace(/'/g, "'\\''")}'`;
}
