import { colourOf } from '../people/colour.ts';
import type { Boot, Channel, Message, SlackApp, User, UserGroup, View } from './model.ts';
import type { Route } from './route.ts';

/** Something only this browser shows: Slackbot's answer to a command, an error. */
export interface Notice {
  readonly id: number;
  readonly channel: string;
  readonly thread?: string;
  /** When it appeared, like a message's ts: it stays between the messages around it. */
  readonly ts: string;
  readonly text: string;
}

export interface Workspace {
  readonly name: string;
  readonly domain: string;
  readonly users: ReadonlyMap<string, User>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly groups: ReadonlyMap<string, UserGroup>;
  readonly apps: readonly SlackApp[];
}

export interface State {
  readonly route: Route;
  readonly workspace?: Workspace;
  /** By `timelineKey`: a channel's messages or a thread's (parent first), oldest first. */
  readonly timelines: Readonly<Record<string, readonly Message[]>>;
  readonly notices: readonly Notice[];
  /** Open modals, the topmost last. */
  readonly views: readonly View[];
  /** Channels in which someone named the current person since they last looked. */
  readonly mentions: Readonly<Record<string, number>>;
  /** Where each channel was read up to when it was opened; the red "New" line stands after it. */
  readonly readUpTo: Readonly<Record<string, string>>;
  readonly link: 'connecting' | 'live' | 'lost';
  readonly failure?: string;
}

export const initialState: State = {
  route: {},
  timelines: {},
  notices: [],
  views: [],
  mentions: {},
  readUpTo: {},
  link: 'connecting',
};

export const timelineKey = (channel: string, thread?: string) => (thread ? `${channel}/${thread}` : channel);

export function workspaceOf(boot: Boot): Workspace {
  const byId = <T extends { id: string }>(list: readonly T[]) => new Map(list.map((one) => [one.id, one]));
  return {
    name: boot.team.name,
    domain: boot.team.domain ?? '',
    users: byId(boot.users.map((user, index) => ({ ...user, color: colourOf(index) }))),
    channels: byId(boot.channels),
    groups: byId(boot.user_groups),
    apps: boot.apps,
  };
}

/** A reply that is shown only in its thread. */
export const isReply = (message: Message) =>
  Boolean(message.thread_ts && message.thread_ts !== message.ts && message.subtype !== 'thread_broadcast');

/** Whether a message names a person, in its text or in its blocks. */
export function names(message: Message, user: string): boolean {
  const words = message.text + JSON.stringify(message.blocks ?? []);
  return words.includes(`<@${user}>`) || words.includes(`"user_id":"${user}"`);
}
