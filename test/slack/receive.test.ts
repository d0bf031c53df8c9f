import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { connectControl } from '../../src/local-slack/control-client.ts';
import { type LocalSlack, startLocalSlack } from '../../src/local-slack/local-slack.ts';
import { type Envelope, envelopeOf, type Intake } from '../../src/slack/intake.ts';
import { receiveFromSlack } from '../../src/slack/receive.ts';

const SELF = { team: 'T0LOCAL', user: 'U0TWOKEY', botId: 'B0TWOKEY' };
const kept: Envelope[] = [];
let databaseIsDown = false;
let slack: LocalSlack;
let intake: Intake;

beforeAll(async () => {
  slack = await startLocalSlack({ port: 0 });
  await connectControl(slack.url).timing({ ack_ms: 500 });
  intake = await receiveFromSlack(
    { mode: 'socket', botToken: 'xoxb-local-twokey', appToken: 'xapp-local-twokey', apiUrl: slack.apiUrl },
    SELF,
    {
      async keep(envelope) {
        if (databaseIsDown) throw new Error('the database is down');
        kept.push(envelope);
      },
      connected: () => undefined,
    },
    pino({ level: 'silent' }),
  );
});
afterAll(async () => {
  await intake.stop();
  await slack.close();
});

test('an envelope is kept, and only then acknowledged', async () => {
  const control = connectControl(slack.url);
  expect((await control.command('U0ANA', 'C0INCIDENT', '/restore test orders')).outcome).toBe('acknowledged');
  expect(kept.at(-1)).toMatchObject({ kind: 'command', body: { text: 'test orders' } });
});

test('what could not be kept is not acknowledged: the person is told, and the process goes on', async () => {
  const control = connectControl(slack.url);
  databaseIsDown = true;
  const lost = await control.command('U0ANA', 'C0INCIDENT', '/restore test orders');
  expect(lost).toMatchObject({ outcome: 'failed', error: 'operation_timeout' });
  databaseIsDown = false;
  expect((await control.command('U0ANA', 'C0INCIDENT', '/restore test orders')).outcome).toBe('acknowledged');
});

test('the same event delivered twice has the same key', async () => {
  const control = connectControl(slack.url);
  const ts = await control.say('U0ANA', 'C0INCIDENT', 'hello');
  await control.fault({ on: 'event', event: 'reaction_added', fault: { kind: 'duplicate' } });
  await control.react('U0BEN', 'C0INCIDENT', ts, '+1');
  const reactions = () => kept.filter(({ body }) => JSON.stringify(body).includes('reaction_added'));
  for (const deadline = Date.now() + 5_000; reactions().length < 2 && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reactions()).toHaveLength(2);
  expect(new Set(reactions().map(({ key }) => key)).size).toBe(1);
});

test('what nobody has a use for is no envelope', () => {
  for (const body of [{}, null, { type: 'url_verification' }, { type: 'event_callback' }])
    expect(envelopeOf(body)).toBeNull();
});
