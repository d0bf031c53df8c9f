import { SlackError } from '../slack-error.ts';
import type { WorldApp } from '../world.ts';
import type { Change } from './changes.ts';
import type { Channel } from './channels.ts';
import type { User, UserGroup, WorkspaceData } from './data.ts';

/** A workspace at work: its state, its clock, and where its changes are told. */
export interface Workspace {
  data: WorkspaceData;
  /** Milliseconds since 1970. The control API can move it forward. */
  readonly now: () => number;
  /** Where this server is reached, without a slash at the end: the start of file addresses and permalinks. */
  readonly origin: () => string;
  /** Called after every change of the state, in order. */
  readonly publish: (change: Change) => void;
}

/** The next message time: seconds and six digits, unique in the workspace and always growing. */
export function nextTs(workspace: Workspace): string {
  const micros = Math.max(workspace.now() * 1000, workspace.data.lastTs + 1);
  workspace.data.lastTs = micros;
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

/** A new id with the prefix that Slack gives to this kind of thing: `F` file, `V` view, `Ev` event. */
export function nextId(workspace: Workspace, prefix: string): string {
  workspace.data.lastId += 1;
  return `${prefix}0LOCAL${String(workspace.data.lastId).padStart(5, '0')}`;
}

export function seconds(workspace: Workspace): number {
  return Math.floor(workspace.now() / 1000);
}

/** Throws `user_not_found`. */
export function userOf(workspace: Workspace, id: string): User {
  return found(workspace.data.users[id], 'user_not_found');
}

/** Throws `channel_not_found`. */
export function channelOf(workspace: Workspace, id: string): Channel {
  return found(workspace.data.channels[id], 'channel_not_found');
}

/** Throws `no_such_subteam`. */
export function userGroupOf(workspace: Workspace, id: string): UserGroup {
  return found(workspace.data.userGroups[id], 'no_such_subteam');
}

/** Throws `invalid_app_id`. */
export function appOf(workspace: Workspace, id: string): WorldApp {
  return found(workspace.data.apps[id], 'invalid_app_id');
}

/** `value`, or a SlackError with `code` when there is none. */
export function found<Value>(value: Value | undefined, code: string): Value {
  if (value === undefined) throw new SlackError(code);
  return value;
}
