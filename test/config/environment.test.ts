import { describe, expect, test } from '@jest/globals';
import { readEnvironment, requireVariables } from '../../src/config/environment.ts';
import { problemsOf } from './written.ts';

describe('the environment', () => {
  test('only the variables that the bot knows are taken', () => {
    expect(readEnvironment({ SLACK_BOT_TOKEN: 'xoxb-1', HOME: '/root' })).toEqual({
      SLACK_BOT_TOKEN: 'xoxb-1',
    });
  });

  test('an empty variable counts as not set', () => {
    expect(readEnvironment({ DATABASE_URL: '' })).toEqual({});
  });

  test('wrong values are named all at once, and never shown', () => {
    const problems = problemsOf(() =>
      readEnvironment({
        SLACK_BOT_TOKEN: 'xapp-hunter2',
        SLACK_APP_TOKEN: 'xoxb-hunter2',
        DATABASE_URL: 'postgresql+asyncpg://ana:hunter2@db/orders',
        REDIS_URL: 'hunter2',
      }),
    );
    expect(problems).toEqual([
      '0:0 SLACK_BOT_TOKEN: expected a bot token, which begins with xoxb-; the value is not shown',
      '0:0 SLACK_APP_TOKEN: expected an app-level token, which begins with xapp-; the value is not shown',
      '0:0 DATABASE_URL: expected a connection URL such as postgres://twokey@db.example.com/twokey; the value is not shown',
      '0:0 REDIS_URL: expected a connection URL such as rediss://redis.example.com:6379; the value is not shown',
    ]);
  });

  test('missing ones are named all at once, with what they are for', () => {
    const environment = readEnvironment({ DATABASE_URL: 'postgres://localhost/twokey' });
    expect(
      problemsOf(() => requireVariables(environment, ['SLACK_BOT_TOKEN', 'DATABASE_URL', 'REDIS_URL'])),
    ).toEqual([
      '0:0 SLACK_BOT_TOKEN: not set; the bot token of the Slack app',
      '0:0 REDIS_URL: not set; the queue, when engine is redis',
    ]);
  });
});
