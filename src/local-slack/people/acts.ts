import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Slack } from '../slack.ts';
import { invalidArguments, SlackError } from '../slack-error.ts';
import { type Channel, isMember } from '../workspace/channels.ts';
import type { User } from '../workspace/data.ts';
import { edit, messageOf, post, remove } from '../workspace/messages.ts';
import { addReaction, removeReaction } from '../workspace/reactions.ts';
import { channelOf, found, userOf } from '../workspace/workspace.ts';
import { clickInMessage, clickInView } from './click.ts';
import { readCommand, runCommand } from './command.ts';
import { encodeTyped } from './markup.ts';
import { dismissView, submitView } from './modal.ts';

/** What a person can do in the web page, or a test in their place. The answer is that of `/_page` and `/_control`. */
export type Act = (slack: Slack, input: unknown) => Promise<Readonly<Record<string, unknown>>>;

const place = { as: z.string(), channel: z.string() };
const values = z.record(z.string(), z.record(z.string(), z.unknown()));

export const acts: Readonly<Record<string, Act>> = {
  /** Posts a message; with a `/` in front, sends a command and returns at once. */
  message: act(
    z.object({ ...place, text: z.string(), thread_ts: z.string().optional() }),
    async (slack, input) => {
      const { person, channel } = whoAndWhere(slack, input);
      if (input.text.startsWith('/')) {
        const command = readCommand(slack, input.text, input.thread_ts);
        void runCommand(slack, person, channel, command).catch((error: unknown) =>
          tellFailure(slack, person, error),
        );
        return {};
      }
      const message = post(slack.workspace, channel, {
        user: person.id,
        client_msg_id: randomUUID(),
        text: encodeTyped(slack.workspace.data, said(input.text)),
        thread_ts: input.thread_ts,
      });
      return { ts: message.ts };
    },
  ),

  /** As a message with a command, but waits for what comes of it. */
  command: act(
    z.object({ ...place, text: z.string(), thread_ts: z.string().optional() }),
    async (slack, input) => {
      const { person, channel } = whoAndWhere(slack, input);
      return {
        ...(await runCommand(slack, person, channel, readCommand(slack, input.text, input.thread_ts))),
      };
    },
  ),

  reaction: act(
    z.object({ ...place, ts: z.string(), name: z.string(), on: z.boolean().default(true) }),
    async (slack, input) => {
      const { person, channel } = whoAndWhere(slack, input);
      const change = input.on ? addReaction : removeReaction;
      change(slack.workspace, channel, input.ts, person.id, input.name);
      return {};
    },
  ),

  action: act(
    z.looseObject({
      as: z.string(),
      channel: z.string().optional(),
      ts: z.string().optional(),
      view_id: z.string().optional(),
      block_id: z.string(),
      action_id: z.string(),
    }),
    async (slack, { as, channel, ts, view_id, block_id, action_id, ...input }) => {
      const press = { block_id, action_id, input };
      if (view_id !== undefined) {
        const person = acting(slack, as);
        await clickInView(slack, person, ownView(slack, person, view_id), press);
      } else if (channel !== undefined && ts !== undefined) {
        const { person, channel: where } = whoAndWhere(slack, { as, channel });
        await clickInMessage(slack, person, where, ts, press);
      } else {
        throw invalidArguments('must give either `channel` and `ts`, or `view_id`');
      }
      return {};
    },
  ),

  view: act(
    z.object({ as: z.string(), view_id: z.string(), submit: z.boolean(), values: values.default({}) }),
    async (slack, input) => {
      const person = acting(slack, input.as);
      const view = ownView(slack, person, input.view_id);
      if (input.submit) return { ...(await submitView(slack, person, view, input.values)) };
      await dismissView(slack, person, view);
      return {};
    },
  ),

  edit: act(z.object({ ...place, ts: z.string(), text: z.string() }), async (slack, input) => {
    const { person, channel } = whoAndWhere(slack, input);
    if (messageOf(channel, input.ts).user !== person.id) throw new SlackError('cant_update_message');
    const edited = { user: person.id, ts: `${Math.floor(slack.workspace.now() / 1000)}.000000` };
    edit(slack.workspace, channel, input.ts, {
      text: encodeTyped(slack.workspace.data, said(input.text)),
      edited,
    });
    return {};
  }),

  delete: act(z.object({ ...place, ts: z.string() }), async (slack, input) => {
    const { person, channel } = whoAndWhere(slack, input);
    if (messageOf(channel, input.ts).user !== person.id) throw new SlackError('cant_delete_message');
    remove(slack.workspace, channel, input.ts);
    return {};
  }),

  read: act(z.object({ ...place, ts: z.string() }), async (slack, input) => {
    const { person, channel } = whoAndWhere(slack, input);
    channel.lastRead[person.id] = input.ts;
    return {};
  }),
};

function act<Schema extends z.ZodType>(
  schema: Schema,
  run: (slack: Slack, input: z.output<Schema>) => Promise<Readonly<Record<string, unknown>>>,
): Act {
  return async (slack, input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw invalidArguments(z.prettifyError(parsed.error));
    return { ok: true, ...(await run(slack, parsed.data)) };
  };
}

/** Someone who can act: known, not deactivated, no bot. */
function acting(slack: Slack, id: string): User {
  const person = userOf(slack.workspace, id);
  if (person.deleted) throw new SlackError('account_inactive');
  if (person.is_bot) throw new SlackError('not_a_person', { detail: 'bots act through the Web API' });
  return person;
}

/** People act only in conversations that they are in. */
function whoAndWhere(
  slack: Slack,
  input: { as: string; channel: string },
): { person: User; channel: Channel } {
  const person = acting(slack, input.as);
  const channel = channelOf(slack.workspace, input.channel);
  if (!isMember(channel, person.id)) throw new SlackError('not_in_channel');
  return { person, channel };
}

function ownView(slack: Slack, person: User, id: string) {
  const view = found(slack.workspace.data.views[id], 'view_not_found');
  if (view.user !== person.id) throw new SlackError('view_not_found');
  return view;
}

function said(text: string): string {
  if (text.trim() === '') throw new SlackError('no_text');
  return text;
}

function tellFailure(slack: Slack, person: User, error: unknown): void {
  const code = error instanceof SlackError ? error.code : 'internal_error';
  slack.workspace.publish({
    type: 'command_failed',
    user: person.id,
    text: `the answer could not be shown: ${code}`,
  });
}
