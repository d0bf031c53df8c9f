import { z } from 'zod';
import { ConfigError, fileProblem } from './problem.ts';

/** What the bot reads from its environment, and nowhere else: its secrets. docs/configuration.md lists them. */
export const Environment = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-/, 'a bot token, which begins with xoxb-')
    .optional()
    .describe('the bot token of the Slack app'),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-/, 'an app-level token, which begins with xapp-')
    .optional()
    .describe('the app-level token with connections:write, for Socket Mode'),
  SLACK_SIGNING_SECRET: z
    .string()
    .min(1, 'the signing secret from the page of the Slack app')
    .optional()
    .describe('checks that HTTP requests come from Slack'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'a connection URL such as postgres://twokey@db.example.com/twokey')
    .optional()
    .describe("the bot's own Postgres, never a target"),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, 'a connection URL such as rediss://redis.example.com:6379')
    .optional()
    .describe('the queue, when engine is redis'),
});
export type Environment = Readonly<z.infer<typeof Environment>>;
export type EnvironmentVariable = keyof typeof Environment.shape;

/** Variables of a process, before anything is made of them. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The environment this process was started with: the only place that reads it. A runner looks up in it
 * the secrets that its file names; children get what they need of it, one by one.
 */
export function processEnvironment(): RawEnvironment {
  return process.env;
}

/**
 * The bot's own variables. An empty one counts as not set. Which of them it needs, its file decides:
 * see {@link requireVariables}.
 *
 * @throws ConfigError that names each variable with a wrong value, never the value.
 */
export function readEnvironment(raw: RawEnvironment = processEnvironment()): Environment {
  const set = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(set);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map(({ path, message }) => ({
      ...fileProblem('environment', `expected ${message}; the value is not shown`),
      path: path.join('.'),
    })),
  );
}

/**
 * A look-up of variables that must all be set.
 *
 * @throws ConfigError that names every one that is not, with what it is for.
 */
export function requireVariables(
  environment: Environment,
  needed: readonly EnvironmentVariable[],
): (name: EnvironmentVariable) => string {
  const missing = needed.filter((name) => environment[name] === undefined);
  if (missing.length > 0) {
    throw new ConfigError(
      missing.map((name) => ({
        ...fileProblem('environment', `not set; ${Environment.shape[name].description}`),
        path: name,
      })),
    );
  }
  return (name) => {
    const value = environment[name];
    if (value === undefined) throw new RangeError(`${name} was not asked for (this is a bug)`);
    return value;
  };
}
