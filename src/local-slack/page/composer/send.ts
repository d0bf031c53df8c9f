import * as api from '../state/api.ts';
import { attempt, session } from '../state/session.ts';
import { withHandles, withReferences } from './encode.ts';

/** Sends a message or a slash command as the current person. False when it was refused (they are told why). */
export async function send(text: string, channel: string, thread?: string): Promise<boolean> {
  const { route, workspace } = session.get();
  if (!route.as || !workspace) return false;
  const said = text.startsWith('/') ? withHandles(text, workspace) : withReferences(text, workspace);
  const body = { as: route.as, channel, text: said, ...(thread ? { thread_ts: thread } : {}) };
  return attempt(() => api.say(body), thread);
}
