import {
  type KnownBlock,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '@slack/web-api';
import type { Account, Message, Slack } from './slack.ts';
import { SlackError } from './slack.ts';

/** A request that hangs holds up a lane; Slack answers in well under a second. */
const TIMEOUT_MS = 10_000;
const RETRY_SOON_MS = 2_000;
const MARK_TYPE = 'twokey_message';

/** Codes after which the same call may succeed. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Slack's Web API, one call at a time: retries and rates are the outbox's, since the client's own would post twice. */
export async function openSlackWeb(token: string, apiUrl: string | null): Promise<Slack> {
  const client = new WebClient(token, {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    timeout: TIMEOUT_MS,
    // Every failure is thrown, so that saying it as well would say it twice.
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  });
  const who = await asked(() => client.auth.test());
  const self = { team: who.team_id ?? '', user: who.user_id ?? '', botId: who.bot_id ?? '' };
  return {
    self,
    async post(channel, message) {
      const posted = await asked(() =>
        client.chat.postMessage({ channel, ...content(message), ...place(message) }),
      );
      return { channel: posted.channel ?? channel, ts: posted.ts ?? '' };
    },
    async update(channel, ts, message) {
      await asked(() => client.chat.update({ channel, ts, ...content(message) }));
    },
    async whisper(channel, user, text, threadTs) {
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      await asked(() => client.chat.postEphemeral({ channel, user, text, ...thread }));
    },
    async respond(responseUrl, text) {
      await asked(() => answer(responseUrl, text));
    },
    async react(channel, ts, emoji) {
      await asked(() => client.reactions.add({ channel, timestamp: ts, name: emoji })).catch(
        (error: unknown) => {
          if (!(error instanceof SlackError && error.code === 'already_reacted')) throw error;
        },
      );
    },
    async reactions(channel, ts) {
      const found = await asked(() => client.reactions.get({ channel, timestamp: ts, full: true }));
      return (found.message?.reactions ?? []).map(({ name = '', users = [], count = 0 }) => {
        if (users.length !== count) throw new SlackError('reactions_cut_short', RETRY_SOON_MS);
        return { name, users };
      });
    },
    async account(user) {
      const { user: info } = await asked(() => client.users.info({ user })).catch(notKnownHere);
      return accountOf(user, self.team, info ?? {});
    },
    async groupMembers(group) {
      return (await asked(() => client.usergroups.users.list({ usergroup: group }))).users ?? [];
    },
    async findMark(channel, mark, threadTs) {
      const options = { channel, include_all_metadata: true, limit: 100 };
      const { messages } =
        threadTs === undefined
          ? await asked(() => client.conversations.history(options))
          : await asked(() => client.conversations.replies({ ...options, ts: threadTs }));
      const found = messages?.find(({ metadata }) => payloadMark(metadata?.event_payload) === mark);
      return found?.ts ?? null;
    },
    async attach(channel, threadTs, { name, content: text }) {
      await asked(() =>
        client.filesUploadV2({
          channel_id: channel,
          thread_ts: threadTs,
          filename: name,
          title: name,
          content: text,
        }),
      );
    },
  };
}

function content(message: Message): { text: string; blocks?: KnownBlock[] } {
  return { text: message.text, ...(message.blocks === undefined ? {} : { blocks: [...message.blocks] }) };
}

function place(message: Message): object {
  return {
    unfurl_links: false,
    unfurl_media: false,
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.mark === undefined
      ? {}
      : { metadata: { event_type: MARK_TYPE, event_payload: { mark: message.mark } } }),
  };
}

function payloadMark(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'mark' in payload ? payload.mark : undefined;
}

/** Somebody of another workspace, whose reaction would else be asked about for ever. */
function notKnownHere(error: unknown): { user?: UserInfo } {
  if (error instanceof SlackError && ['user_not_found', 'user_not_visible'].includes(error.code)) return {};
  throw error;
}

interface UserInfo {
  readonly real_name?: string;
  readonly name?: string;
  readonly team_id?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_app_user?: boolean;
  readonly is_workflow_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_invited_user?: boolean;
  readonly is_stranger?: boolean;
}

function accountOf(id: string, homeTeam: string, info: UserInfo): Account {
  return {
    id,
    name: info.real_name ?? info.name ?? id,
    team: info.team_id ?? '',
    deactivated: info.deleted === true,
    bot:
      info.is_bot === true ||
      info.is_app_user === true ||
      info.is_workflow_bot === true ||
      id === 'USLACKBOT',
    guest: info.is_restricted === true || info.is_ultra_restricted === true || info.is_invited_user === true,
    stranger: info.is_stranger === true || info.team_id !== homeTeam,
  };
}

async function answer(responseUrl: string, text: string): Promise<void> {
  const response = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, response_type: 'ephemeral', replace_original: false }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new SlackError(`response_url_${response.status}`, null);
}

async function asked<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw slackError(error);
  }
}

function slackError(error: unknown): SlackError {
  if (error instanceof SlackError) return error;
  if (error instanceof WebAPIRateLimitedError)
    return new SlackError('ratelimited', error.retryAfter * 1000, error);
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    return new SlackError(code, PASSING.has(code) ? RETRY_SOON_MS : null, error);
  }
  if (error instanceof WebAPIHTTPError) {
    return new SlackError(`http_${error.statusCode}`, error.statusCode >= 500 ? RETRY_SOON_MS : null, error);
  }
  return new SlackError('unreachable', RETRY_SOON_MS, error);
}
