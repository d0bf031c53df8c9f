import * as api from '../state/api.ts';
import { attempt, session } from '../state/session.ts';
import { encodeText } from './encode.ts';

/**
 * Sends a message or a slash command as the current person. A command goes as it was typed: what of it is escaped is
 * the app's setting, which the server knows. False when it was refused (the person is told why).
 */
export async function send(text: string, channel: string, thread?: string): Promise<boolean> {
  const { route, workspace } = session.get();
  if (!route.as || !workspace) return false;
  const said = /^\/[a-z]/i.test(text) ? text : encodeText(text, workspace);
  const body = { as: route.as, channel, text: said, ...(thread ? { thread_ts: thread } : {}) };
  return attempt(() => api.say(body), thread);
}
