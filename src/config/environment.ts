import { z } from 'zod';

/** What the bot reads from its environment, and nowhere else: its secrets. docs/configuration.md lists them. */
export const Environment = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-/, 'a bot token, which begins with xoxb-')
    .describe('the bot token of the Slack app')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-/, 'an app-level token, which begins with xapp-')
    .describe('the app-level token with connections:write, for Socket Mode')
    .optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .min(1, 'the signing secret from the page of the Slack app')
    .describe('checks that HTTP requests come from Slack')
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'a connection URL such as postgres://twokey@db.example.com/twokey')
    .describe("the bot's own Postgres, never a target")
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, 'a connection URL such as rediss://redis.example.com:6379')
    .describe('the queue, when engine is redis')
    .optional(),
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
