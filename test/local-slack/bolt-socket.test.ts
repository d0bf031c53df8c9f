import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import bolt from '@slack/bolt';
import { connectControl } from '../../src/local-slack/control-client.ts';
import { type LocalSlack, startLocalSlack } from '../../src/local-slack/local-slack.ts';
import { eventually } from './bench.ts';

const { App, LogLevel } = bolt;

describe('Bolt over Socket Mode', () => {
  let slack: LocalSlack;
  let app: InstanceType<typeof App>;
  const seen: unknown[] = [];

  beforeAll(async () => {
    slack = await startLocalSlack({ port: 0 });
    app = new App({
      token: 'xoxb-local-twokey',
      appToken: 'xapp-local-twokey',
      socketMode: true,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: slack.apiUrl },
    });
    app.command('/restore', async ({ ack, command, client }) => {
      await ack(`working on ${command.text}`);
      const root = await client.chat.postMessage({ channel: command.channel_id, text: 'card' });
      await client.reactions.add({
        channel: command.channel_id,
        timestamp: root.ts ?? '',
        name: 'white_check_mark',
      });
    });
    app.event('reaction_added', async ({ event }) => {
      seen.push(event);
    });
    await app.start();
  });

  afterAll(async () => {
    await app.stop();
    await slack.close();
  });

  test('a command is acknowledged, answered with a card, and the reaction to it arrives', async () => {
    const control = connectControl(slack.url);
    expect(await control.command('U0ANA', 'C0INCIDENT', '/restore test orders')).toEqual({
      outcome: 'acknowledged',
      answer: { text: 'working on test orders' },
    });
    const card = await eventually(async () =>
      (await control.messages('C0INCIDENT')).find(({ text }) => text === 'card'),
    );
    await eventually(async () => (await control.messages('C0INCIDENT'))[0]?.reactions);
    await control.react('U0BEN', 'C0INCIDENT', card.ts, 'white_check_mark');
    await eventually(async () => seen[0]);
    expect(seen).toEqual([
      {
        type: 'reaction_added',
        user: 'U0BEN',
        reaction: 'white_check_mark',
        item: { type: 'message', channel: 'C0INCIDENT', ts: card.ts },
        item_user: 'U0TWOKEY',
        event_ts: expect.stringMatching(/^\d{10}\.\d{6}$/),
      },
    ]);
  });
});
