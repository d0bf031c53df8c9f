import { z } from 'zod';
import type { SeenMessage } from '../local-slack/control-client.ts';

const Text = z.object({ text: z.string() });
const TextBlock = z.looseObject({ text: Text.optional(), fields: z.array(Text).optional() });
const ContextBlock = z.looseObject({ elements: z.array(z.looseObject({ text: z.string() })) });
const PlanBlock = z.looseObject({
  title: z.string(),
  tasks: z.array(z.looseObject({ title: z.string(), status: z.string(), details: z.unknown() })),
});
const ActionsBlock = z.looseObject({ elements: z.array(z.looseObject({ text: Text.optional() })) });

const STATUS: Readonly<Record<string, string>> = {
  complete: '✔',
  in_progress: '…',
  error: '✘',
  pending: '·',
};

/** A thread as plain text for a terminal: who said what, without Slack's markup. */
export function threadText(messages: readonly SeenMessage[], names: ReadonlyMap<string, string>): string {
  return messages
    .map((message) => {
      const who = names.get(message.user ?? '') ?? 'Twokey';
      const reactions = (message.reactions ?? []).map(({ name, count }) => `:${name}: ${count}`).join('  ');
      const files = (message.files ?? []).map(({ name, size }) => `[file ${name}, ${size} bytes]`);
      const body = [...bodyLines(message), ...files, ...(reactions === '' ? [] : [reactions])];
      return [
        `${who}${message.is_ephemeral === true ? ' (only visible to you)' : ''}`,
        ...body.map((line) => `  │ ${plain(line, names)}`),
      ].join('\n');
    })
    .join('\n\n');
}

function bodyLines(message: SeenMessage): string[] {
  const blocks = message.blocks ?? [];
  return (blocks.length === 0 ? [message.text] : blocks.map(blockText))
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim() !== '');
}

function blockText(block: { readonly type: string }): string {
  if (block.type === 'plan') {
    const { title, tasks } = PlanBlock.parse(block);
    return [
      title,
      ...tasks.map((task) => `${STATUS[task.status] ?? '?'} ${task.title}${detailText(task.details)}`),
    ].join('\n');
  }
  if (block.type === 'actions') {
    return ActionsBlock.parse(block)
      .elements.map(({ text }) => `[ ${text?.text ?? ''} ]`)
      .join(' ');
  }
  if (block.type === 'context') {
    return ContextBlock.parse(block)
      .elements.map(({ text }) => text)
      .join(' · ');
  }
  const { text, fields } = TextBlock.parse(block);
  return [
    ...(text === undefined ? [] : [text.text]),
    ...(fields ?? []).map((field) => field.text.replace('\n', ': ').replace(/\n/g, ' ')),
  ].join('\n');
}

function detailText(details: unknown): string {
  const found = JSON.stringify(details ?? null).match(
    /"type":"text","text":"((?:[^"\\]|\\.)*)"|"text":"((?:[^"\\]|\\.)*)","type":"text"/,
  );
  return found === null ? '' : ` — ${JSON.parse(`"${found[1] ?? found[2]}"`)}`;
}

/** Slack's markup to what it means. */
function plain(line: string, names: ReadonlyMap<string, string>): string {
  return line
    .replace(/<@(\w+)>/g, (_, id: string) => `@${names.get(id) ?? id}`)
    .replace(/<!subteam\^(\w+)>/g, (_, id: string) => `@${names.get(id) ?? id}`)
    .replace(/<#(\w+)>/g, (_, id: string) => `#${names.get(id) ?? id}`)
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/\*([^*\n]+)\*/g, '$1')
    .replace(/```/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
