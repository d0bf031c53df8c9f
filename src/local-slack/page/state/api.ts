import { z } from 'zod';
import { Boot, Message } from './model.ts';
import { explain } from './refusals.ts';

/** The server said no, or could not be reached. `code` is Slack's error name where there is one. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.code = code;
  }
}

const PATIENCE_MS = 20_000;
const Failure = z.object({ ok: z.literal(false), error: z.string(), detail: z.string().nullish() });
const Messages = z.object({ messages: z.array(Message) });
const Done = z.object({});
const Submitted = z.object({
  response_action: z.string().nullish(),
  errors: z.record(z.string(), z.string()).nullish(),
});
export type Submitted = z.infer<typeof Submitted>;

/** The workspace as `as` sees it. */
export const boot = (as: string | undefined) => get('boot', { as }, Boot);

/** Messages of a channel, or of one thread of it (parent first), oldest first. */
export async function messages(channel: string, as: string, threadTs?: string): Promise<Message[]> {
  return (await get('messages', { channel, as, thread_ts: threadTs }, Messages)).messages;
}

export const say = (body: { as: string; channel: string; text: string; thread_ts?: string }) =>
  post('message', body, Done);
export const react = (body: { as: string; channel: string; ts: string; name: string; on: boolean }) =>
  post('reaction', body, Done);
export const act = (body: Record<string, unknown>) => post('action', body, Done);
export const answerView = (body: Record<string, unknown>) => post('view', body, Submitted);
export const edit = (body: { as: string; channel: string; ts: string; text: string }) =>
  post('edit', body, Done);
export const remove = (body: { as: string; channel: string; ts: string }) => post('delete', body, Done);
export const markRead = (body: { as: string; channel: string; ts: string }) => post('read', body, Done);

/** Where a file's bytes are; safe to put in `src` and `href`. */
export const fileAddress = (id: string) => `./_page/file/${encodeURIComponent(id)}`;
export const streamAddress = (as: string) => `./_page/stream?as=${encodeURIComponent(as)}`;

function get<T>(path: string, query: Record<string, string | undefined>, shape: z.ZodType<T>): Promise<T> {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return call(`./_page/${path}?${new URLSearchParams(given)}`, {}, shape);
}

function post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return call(`./_page/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }, shape);
}

async function call<T>(address: string, init: RequestInit, shape: z.ZodType<T>): Promise<T> {
  const answer = await fetch(address, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
    throw new ApiError('unreachable', 'The local Slack does not answer. Is it still running?');
  });
  const body: unknown = await answer.json().catch(() => {
    throw new ApiError('bad_answer', `The local Slack answered with status ${answer.status} and no JSON.`);
  });
  const failure = Failure.safeParse(body);
  if (failure.success)
    throw new ApiError(failure.data.error, explain(failure.data.error, failure.data.detail));
  const read = shape.safeParse(body);
  if (!read.success) throw new ApiError('bad_answer', `Unexpected answer: ${z.prettifyError(read.error)}`);
  return read.data;
}
