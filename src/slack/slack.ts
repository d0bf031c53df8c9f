import type { KnownBlock } from '@slack/web-api';

/** What is posted: blocks, and the text that notifications and screen readers get. */
export interface Message {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
  readonly threadTs?: string;
  /** Marks the message as the delivery of one outbox item, so that it is found again after a crash. */
  readonly mark?: string;
}

/** A Slack account, as `users.info` has it now. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly deactivated: boolean;
  readonly bot: boolean;
  readonly guest: boolean;
  /** Of another workspace, or not known here. */
  readonly stranger: boolean;
}

export interface Reaction {
  /** Short name without colons; a skin tone is still on it. */
  readonly name: string;
  /** Everybody who reacted so; never cut short. */
  readonly users: readonly string[];
}

/**
 * What the bot asks of Slack.
 *
 * Every method throws {@link SlackError} and nothing else, and answers within ten seconds.
 */
export interface Slack {
  /** Who the bot is. */
  readonly self: { readonly team: string; readonly user: string; readonly botId: string };
  post(channel: string, message: Message): Promise<{ readonly channel: string; readonly ts: string }>;
  update(channel: string, ts: string, message: Message): Promise<void>;
  /** A message that only `user` sees. */
  whisper(channel: string, user: string, text: string, threadTs?: string): Promise<void>;
  /** Through the address that came with a command; good for half an hour and five answers. */
  respond(responseUrl: string, text: string): Promise<void>;
  react(channel: string, ts: string, emoji: string): Promise<void>;
  reactions(channel: string, ts: string): Promise<readonly Reaction[]>;
  account(user: string): Promise<Account>;
  groupMembers(group: string): Promise<readonly string[]>;
  /** The `mark`s of the bot's messages in a thread, or in the channel's newest messages without one. */
  findMark(channel: string, mark: string, threadTs?: string): Promise<string | null>;
  attach(
    channel: string,
    threadTs: string,
    file: { readonly name: string; readonly content: string },
  ): Promise<void>;
}

export class SlackError extends Error {
  /** Slack's own error name, or `unreachable`, `ratelimited`. */
  readonly code: string;
  /** When asking again makes sense; null when it never does. */
  readonly retryAfterMs: number | null;

  constructor(code: string, retryAfterMs: number | null, cause?: unknown) {
    super(`Slack answered ${code}`, { cause });
    this.name = 'SlackError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
