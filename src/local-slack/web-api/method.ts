import type { z } from 'zod';
import { problemsOf } from '../blocks/problem.ts';
import type { Slack } from '../slack.ts';
import { invalidArguments } from '../slack-error.ts';
import type { WorldApp } from '../world.ts';

/** One authenticated call. */
export interface Call {
  readonly slack: Slack;
  readonly app: WorldApp;
  /** The `Host` by which the caller reached this server: it can reach the WebSocket and uploads there too. */
  readonly host: string;
}

export type Reply = Readonly<Record<string, unknown>>;

/** A method of the Web API. */
export interface Method {
  /** Which token it takes: a bot's `xoxb-`, an app-level `xapp-`, either, or none at all. */
  readonly token: 'bot' | 'app' | 'any' | 'none';
  /** One of these is enough; none means that no scope is needed. */
  readonly scopes: readonly string[];
  /** Whether Slack reads its arguments from a JSON body. Where not, such a body counts as no arguments. */
  readonly json: boolean;
  /** Checks the arguments and does it. Throws a SlackError. */
  run(call: Call, args: Readonly<Record<string, unknown>>): Reply;
}

interface Definition<Args extends z.ZodType> {
  readonly token?: Method['token'];
  readonly scopes: readonly string[];
  readonly json?: boolean;
  readonly args: Args;
  run(call: Call, args: z.output<Args>): Reply;
}

/** A method whose arguments are checked against `args` first: a wrong one is answered `invalid_arguments`. */
export function method<Args extends z.ZodType>(definition: Definition<Args>): Method {
  return {
    token: definition.token ?? 'bot',
    scopes: definition.scopes,
    json: definition.json ?? true,
    run(call, args) {
      const parsed = definition.args.safeParse(args);
      if (parsed.success) return definition.run(call, parsed.data);
      const problems = problemsOf(parsed.error, args);
      throw invalidArguments(
        ...problems.map(({ message, pointer }) =>
          pointer === '' ? message : `${message} [json-pointer:${pointer}]`,
        ),
      );
    },
  };
}
