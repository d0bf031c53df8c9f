import { z } from 'zod';
import type { FaultRequest } from './control/faults.ts';
import type { DisconnectReason } from './delivery/sockets.ts';
import type { WorldInput } from './world.ts';

/** A message as the page shows it; other fields of Slack's message object are there too. */
export type SeenMessage = z.output<typeof SeenMessage>;
const SeenMessage = z.looseObject({
  type: z.literal('message'),
  ts: z.string(),
  text: z.string(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  thread_ts: z.string().optional(),
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })).optional(),
  reactions: z
    .array(z.object({ name: z.string(), users: z.array(z.string()), count: z.number() }))
    .optional(),
  files: z.array(z.looseObject({ id: z.string(), name: z.string(), size: z.number() })).optional(),
  reply_count: z.number().optional(),
  is_ephemeral: z.boolean().optional(),
});

const TrafficEntry = z.object({
  at: z.string(),
  kind: z.string(),
  name: z.string(),
  app: z.string().optional(),
  request: z.unknown().optional(),
  response: z.unknown().optional(),
});

const CommandResult = z.object({
  outcome: z.enum(['acknowledged', 'failed']),
  error: z.string().optional(),
  answer: z.unknown().optional(),
});

type World = { [Key in keyof WorldInput]: WorldInput[Key] };
type Entry<List extends keyof World> =
  NonNullable<World[List]> extends readonly (infer Item)[] ? Item : never;
type Altered<List extends keyof World> = Partial<Entry<List>> & { id: string };

/** Drives a running local Slack as its people do, and watches it. People and channels are given by id. */
export type ControlClient = ReturnType<typeof connectControl>;

/** A refusal by the local Slack: `not_in_channel`, `already_reacted`, `unknown_command`… */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: string;

  constructor(path: string, code: string, detail: unknown) {
    super(`local Slack refused ${path}: ${code}${detail === undefined ? '' : ` (${String(detail)})`}`);
    this.code = code;
  }
}

/**
 * A client of the control API at `url` (`http://127.0.0.1:4700`). Every call throws a ControlError when the
 * local Slack refuses, and times out after 15 seconds.
 */
export function connectControl(url: string) {
  const call = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const answer = z.record(z.string(), z.unknown()).parse(await response.json());
    if (answer['ok'] !== true) {
      throw new ControlError(path, String(answer['error']), answer['detail'] ?? answer['response_metadata']);
    }
    return answer;
  };
  const messagesAt = async (query: Record<string, string>): Promise<SeenMessage[]> => {
    const answer = await call(`/_control/messages?${new URLSearchParams(query)}`);
    return z.array(SeenMessage).parse(answer['messages']);
  };

  return {
    /** `as` posts a message (in a thread with `threadTs`). Returns its ts. */
    async say(as: string, channel: string, text: string, threadTs?: string): Promise<string> {
      const answer = await call('/_control/act/message', { as, channel, text, ...thread(threadTs) });
      return z.string().parse(answer['ts']);
    },

    /** `as` sends a slash command (`/restore test orders`) and waits until its app has taken it or not. */
    async command(as: string, channel: string, text: string): Promise<z.output<typeof CommandResult>> {
      return CommandResult.parse(await call('/_control/act/command', { as, channel, text }));
    },

    /** `as` reacts with `name` (without colons), or takes the reaction back when `on` is false. */
    async react(as: string, channel: string, ts: string, name: string, on = true): Promise<void> {
      await call('/_control/act/reaction', { as, channel, ts, name, on });
    },

    /**
     * `as` presses the element `actionId` of a message, in whatever block it is. `input` is what a menu carries:
     * `{selected_option: …}`.
     */
    async click(
      as: string,
      channel: string,
      ts: string,
      actionId: string,
      input: object = {},
    ): Promise<void> {
      const shown = await messagesAt({ channel, as });
      const threads = shown.filter((message) => (message.reply_count ?? 0) > 0);
      const inThreads = await Promise.all(
        threads.map((parent) => messagesAt({ channel, as, thread_ts: parent.ts })),
      );
      const message = [...shown, ...inThreads.flat()].find((candidate) => candidate.ts === ts);
      const block = message?.blocks?.find((candidate) =>
        JSON.stringify(candidate).includes(JSON.stringify(actionId)),
      );
      if (block === undefined) throw new ControlError('click', 'action_not_found', `${actionId} in ${ts}`);
      const press = { ...input, as, channel, ts, block_id: block.block_id, action_id: actionId };
      await call('/_control/act/action', press);
    },

    /** `as` submits (or closes) a modal. Returns the app's `response_action` and `errors`. */
    async submit(
      as: string,
      viewId: string,
      values: object,
      submit = true,
    ): Promise<Record<string, unknown>> {
      return call('/_control/act/view', { as, view_id: viewId, submit, values });
    },

    edit: (as: string, channel: string, ts: string, text: string) =>
      call('/_control/act/edit', { as, channel, ts, text }),
    delete: (as: string, channel: string, ts: string) => call('/_control/act/delete', { as, channel, ts }),

    /** What a channel shows outside threads, oldest first; with `as`, that person's ephemeral messages too. */
    messages: (channel: string, as?: string) => messagesAt({ channel, ...(as === undefined ? {} : { as }) }),

    /** A thread: its first message, then the replies. */
    thread: (channel: string, ts: string, as?: string) =>
      messagesAt({ channel, thread_ts: ts, ...(as === undefined ? {} : { as }) }),

    /** How many sockets an app has open. */
    async connections(app: string): Promise<number> {
      const { apps } = z
        .object({ apps: z.array(z.object({ id: z.string(), connections: z.number() })) })
        .parse(await call('/_control'));
      return apps.find((candidate) => candidate.id === app)?.connections ?? 0;
    },

    /** The last things that went over the wire, oldest first. */
    async traffic(last = 100): Promise<z.output<typeof TrafficEntry>[]> {
      return z.array(TrafficEntry).parse((await call(`/_control/traffic?last=${last}`))['traffic']);
    },

    fault: (fault: FaultRequest) => call('/_control/faults', fault),
    clearFaults: () => call('/_control/faults/clear', {}),
    /** Shortens Slack's waits, in milliseconds. */
    timing: (timing: { ack_ms?: number; event_retry_ms?: number[] }) => call('/_control/timing', timing),
    /** Makes waiting retries and delayed events happen now. */
    hurry: () => call('/_control/hurry', {}),
    advanceClock: (ms: number) => call('/_control/clock', { advance_ms: ms }),
    disconnect: (app: string, reason: DisconnectReason | 'abrupt') =>
      call('/_control/disconnect', { app, reason }),
    /** Proves and sets the URL for an app's HTTP delivery. */
    setRequestUrl: (app: string, address: string) => call('/_control/request-url', { app, url: address }),

    reset: () => call('/_control/reset', {}),
    load: (world: WorldInput) => call('/_control/world', world),
    alterUser: (user: Altered<'users'>) => call('/_control/users', user),
    alterChannel: (channel: Altered<'channels'>) => call('/_control/channels', channel),
    alterUserGroup: (group: Altered<'user_groups'>) => call('/_control/user-groups', group),
    alterApp: (app: Altered<'apps'>) => call('/_control/apps', app),
    installFromManifest: (manifest: unknown, installation: object) =>
      call('/_control/apps', { manifest, installation }),
    join: (channel: string, user: string) => call('/_control/membership', { channel, user, on: true }),
    leave: (channel: string, user: string) => call('/_control/membership', { channel, user, on: false }),

    /** A channel in the form of Slack's export: path to content. */
    async exportChannel(channel: string): Promise<Record<string, unknown>> {
      return z
        .record(z.string(), z.unknown())
        .parse((await call(`/_control/export?channel=${channel}`))['files']);
    },
  };
}

function thread(ts: string | undefined): { thread_ts?: string } {
  return ts === undefined ? {} : { thread_ts: ts };
}
