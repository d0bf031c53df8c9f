import type { Channel, Message, StreamEvent, View } from './model.ts';
import { isReply, names, type State, timelineKey } from './state.ts';

/** The state after one event of the stream. Pure. `watching` says whether a person looks at the page now. */
export function reduce(state: State, event: StreamEvent, watching: boolean): State {
  switch (event.type) {
    case 'message':
      return countUnread(
        addMessage(state, event.channel, event.message),
        event.channel,
        event.message,
        watching,
      );
    case 'message_changed':
      return replaceMessage(state, event.channel, event.message);
    case 'message_deleted':
      return mapTimelines(state, event.channel, (list) => list.filter(({ ts }) => ts !== event.ts));
    case 'view':
      return { ...state, views: stack(state.views, event.trigger, event.view ?? undefined, event.view_id) };
    case 'channel':
      return withChannel(state, event.channel);
    case 'command_error':
      return addNotice(state, event.text, event.channel ?? state.route.channel);
    case 'ping':
      return state;
  }
}

/** Puts messages into a list by time; one with a known ts replaces the old one. */
export function merge(list: readonly Message[], more: readonly Message[]): readonly Message[] {
  const byTs = new Map([...list, ...more].map((message) => [message.ts, message]));
  return [...byTs.values()].sort((a, b) => Number(a.ts) - Number(b.ts));
}

let lastNotice = 0;

/** Adds what Slackbot would say to this person alone; in a thread when `thread` is given. */
export function addNotice(state: State, text: string, channel: string | undefined, thread?: string): State {
  if (!channel) return state;
  lastNotice += 1;
  const newest = Number(state.timelines[timelineKey(channel, thread)]?.at(-1)?.ts ?? 0);
  const ts = Math.max(Date.now() / 1000, newest).toFixed(6);
  const notice = { id: lastNotice, channel, ts, text, ...(thread ? { thread } : {}) };
  return { ...state, notices: [...state.notices, notice] };
}

export function withChannel(state: State, channel: Channel): State {
  if (!state.workspace) return state;
  const channels = new Map(state.workspace.channels).set(channel.id, {
    ...state.workspace.channels.get(channel.id),
    ...channel,
  });
  return { ...state, workspace: { ...state.workspace, channels } };
}

function addMessage(state: State, channel: string, message: Message): State {
  const keys = [
    ...(isReply(message) ? [] : [timelineKey(channel)]),
    ...(message.thread_ts ? [timelineKey(channel, message.thread_ts)] : []),
  ];
  const added = keys.flatMap((key) => {
    const list = state.timelines[key];
    return list ? [[key, merge(list, [message])] as const] : [];
  });
  return added.length === 0
    ? state
    : { ...state, timelines: { ...state.timelines, ...Object.fromEntries(added) } };
}

function replaceMessage(state: State, channel: string, message: Message): State {
  return mapTimelines(state, channel, (list) =>
    list.some(({ ts }) => ts === message.ts) ? merge(list, [message]) : list,
  );
}

function mapTimelines(
  state: State,
  channel: string,
  change: (list: readonly Message[]) => readonly Message[],
): State {
  const timelines = Object.fromEntries(
    Object.entries(state.timelines).map(([key, list]) =>
      key === channel || key.startsWith(`${channel}/`) ? [key, change(list)] : [key, list],
    ),
  );
  return { ...state, timelines };
}

function countUnread(state: State, channelId: string, message: Message, watching: boolean): State {
  const channel = state.workspace?.channels.get(channelId);
  const me = state.route.as;
  const open = watching && state.route.channel === channelId;
  if (!channel || !me || message.user === me || message.is_ephemeral || open) return state;
  const mentions = names(message, me)
    ? { ...state.mentions, [channelId]: (state.mentions[channelId] ?? 0) + 1 }
    : state.mentions;
  if (isReply(message)) return { ...state, mentions };
  return withChannel({ ...state, mentions }, { ...channel, unread_count: (channel.unread_count ?? 0) + 1 });
}

function stack(
  views: readonly View[],
  trigger: 'open' | 'update' | 'push' | 'close',
  view: View | undefined,
  closedId: string | null | undefined,
): readonly View[] {
  if (trigger === 'close') {
    const id = view?.id ?? closedId;
    return id ? views.filter((one) => one.id !== id) : [];
  }
  if (!view) return views;
  if (trigger === 'open') return [view];
  const known = views.some(({ id }) => id === view.id);
  return known ? views.map((one) => (one.id === view.id ? view : one)) : [...views, view];
}
