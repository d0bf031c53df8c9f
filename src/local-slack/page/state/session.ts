import * as api from './api.ts';
import { recall, remember } from './memory.ts';
import type { StreamEvent, User } from './model.ts';
import { addNotice, merge, reduce, withChannel } from './reduce.ts';
import { formatRoute, parseRoute, type Route } from './route.ts';
import { initialState, type State, timelineKey, type Workspace, workspaceOf } from './state.ts';
import { createStore, useStore } from './store.ts';
import { listen } from './stream.ts';

const store = createStore<State>(initialState);
/** How many events each channel has had; a reading during which the number grew may be older than them. */
const events = new Map<string, number>();
let entered = 0;
let stopListening = () => {};

const RETRY_MS = 2_000;

export const useSession = <T>(pick: (state: State) => T): T => useStore(store, pick);
export const session = { get: store.get };

/** Starts the page: follows the address and the stream from here on. */
export function start(): void {
  addEventListener('hashchange', () => void follow());
  document.addEventListener('visibilitychange', () => void read());
  void follow();
}

/** Goes to another channel, thread or person; the address is the truth. */
export function go(change: Omit<Route, 'thread'> & { readonly thread?: string | undefined }): void {
  const { thread, ...route } = { ...store.get().route, ...change };
  const hash = formatRoute({ ...route, ...(thread ? { thread } : {}) });
  if (hash !== location.hash) location.hash = hash;
}

export const openChannel = (channel: string) => go({ channel, thread: undefined });
export const actAs = (as: string) => go({ as });

/** Says something to the current person alone, as Slackbot would. */
export function notice(text: string, channel: string, thread?: string): void {
  store.set((state) => addNotice(state, text, channel, thread));
}

export function dismissNotice(id: number): void {
  store.set((state) => ({ ...state, notices: state.notices.filter((one) => one.id !== id) }));
}

export function closeView(id: string): void {
  store.set((state) => ({ ...state, views: state.views.filter((view) => view.id !== id) }));
}

/** Runs a call; what goes wrong is shown to the person in the channel instead of thrown. True when it went well. */
export async function attempt(call: () => Promise<unknown>, thread?: string): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const { channel } = store.get().route;
    if (channel) notice(text, channel, thread);
    return false;
  }
}

/** Brings the state in line with the address. */
async function follow(): Promise<void> {
  const route = parseRoute(location.hash);
  const before = store.get().route;
  const person = route.as ?? before.as ?? recall().as;
  if (!store.get().workspace || person !== before.as || !route.as) {
    await enter(person, route);
  } else {
    store.set((state) => ({ ...state, route }));
  }
  const { route: now } = store.get();
  if (!now.channel) return;
  if (now.channel !== before.channel || now.as !== before.as) await load(now.channel);
  if (now.thread) await load(now.channel, now.thread);
  await read();
}

/** Becomes a person: reads the workspace with their eyes and listens as them. */
async function enter(wanted: string | undefined, route: Route): Promise<void> {
  stopListening();
  entered += 1;
  const entry = entered;
  const first = await fetchWorkspace(wanted);
  if (!first) setTimeout(() => void follow(), RETRY_MS);
  if (!first || entry !== entered) return;
  const as = wanted && first.users.has(wanted) ? wanted : firstPerson([...first.users.values()])?.id;
  if (!as) return fail('This workspace has no people. Give it some with the control API.');
  const workspace = as === wanted ? first : await fetchWorkspace(as);
  if (!workspace || entry !== entered) return;
  const seen = route.channel && workspace.channels.has(route.channel) ? route : {};
  const open = seen.channel ?? firstChannel(workspace, as);
  const complete: Route = { ...seen, as, ...(open ? { channel: open } : {}) };
  history.replaceState(null, '', formatRoute(complete));
  remember({ as });
  store.set(() => ({ ...initialState, route: complete, workspace, readUpTo: readMarks(workspace) }));
  stopListening = listen(as, {
    event: (event) => hear(event),
    lost: () => store.set((state) => ({ ...state, link: 'lost' })),
    open: () => {
      store.set((state) => ({ ...state, link: 'live' }));
      void refresh();
    },
  });
}

async function fetchWorkspace(as: string | undefined) {
  try {
    return workspaceOf(await api.boot(as));
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function fail(failure: string): void {
  store.set((state) => ({ ...state, failure }));
}

function hear(event: StreamEvent): void {
  if (event.type === 'message' || event.type === 'message_changed' || event.type === 'message_deleted')
    events.set(event.channel, (events.get(event.channel) ?? 0) + 1);
  store.set((state) => reduce(state, event, document.visibilityState === 'visible'));
  if (event.type === 'message') void read();
}

/** Once the stream is open, the first time as after a loss: what happened before it was may not be shown yet. */
async function refresh(): Promise<void> {
  const { route } = store.get();
  const workspace = await fetchWorkspace(route.as);
  if (store.get().route.as !== route.as) return;
  if (workspace) store.set((state) => ({ ...state, workspace }));
  if (!route.channel) return;
  await load(route.channel);
  if (route.thread) await load(route.channel, route.thread);
  await read();
}

/** Reads a timeline; again when something happened in the channel meanwhile, as the answer may be older than the event. */
async function load(channel: string, thread?: string): Promise<void> {
  const key = timelineKey(channel, thread);
  for (let round = 0; round < 3; round += 1) {
    const { as } = store.get().route;
    if (!as) return;
    const before = events.get(channel);
    const read = await attempt(async () => {
      const list = await api.messages(channel, as, thread);
      if (store.get().route.as !== as) return;
      store.set((state) => ({ ...state, timelines: { ...state.timelines, [key]: merge([], list) } }));
    });
    if (!read || events.get(channel) === before) return;
  }
}

/** Marks the open channel as read when a person looks at it. */
async function read(): Promise<void> {
  const { route, timelines, workspace } = store.get();
  if (document.visibilityState !== 'visible' || !route.channel || !route.as) return;
  const channel = workspace?.channels.get(route.channel);
  const last = timelines[route.channel]?.findLast((message) => !message.is_ephemeral);
  if (!channel || !last || Number(channel.last_read ?? 0) >= Number(last.ts)) return;
  store.set((state) => ({
    ...withChannel(state, { ...channel, last_read: last.ts, unread_count: 0 }),
    mentions: { ...state.mentions, [channel.id]: 0 },
  }));
  await api.markRead({ as: route.as, channel: channel.id, ts: last.ts }).catch(() => undefined);
}

const readMarks = (workspace: Workspace) =>
  Object.fromEntries([...workspace.channels.values()].map(({ id, last_read }) => [id, last_read ?? '0']));

const firstPerson = (users: readonly User[]) =>
  users.find((user) => !user.is_bot && !user.deleted && !user.is_restricted && user.id !== 'USLACKBOT');

function firstChannel(workspace: Workspace, as: string): string | undefined {
  const channels = [...workspace.channels.values()];
  const mine = channels.filter(({ members, is_im }) => !is_im && members?.includes(as));
  const best = mine.find(({ name }) => name?.includes('incident')) ?? mine[0] ?? channels[0];
  return best?.id;
}
