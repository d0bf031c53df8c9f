import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { createCleanUp } from '../../src/demo/clean-up.ts';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { TARGET } from '../../src/demo/demo-files.ts';
import { runAs } from '../../src/demo/host-users.ts';
import type { SeenMessage } from '../../src/local-slack/control-client.ts';

const CHANNEL = 'C0INCIDENT';
const DEADLINE_MS = 60_000;
const cleanUp = createCleanUp();
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ port: 0, scale: 0.2, cleanUp, say: () => undefined });
}, 180_000);
afterAll(() => cleanUp.run(), 60_000);

/** Every backup of the demo goes the whole way: real processes, real users, both keys. */
test('each good backup is verified, each bad one is refused or condemned, for the reason it was made bad', async () => {
  const outcomes = new Map<string, string>();
  for (const { path } of demo.backups.all) outcomes.set(path, await outcomeOf(path));
  const endings = Object.fromEntries(
    demo.backups.all.map(({ path, expect: expected }) => [
      withoutDate(path),
      `${expected}: ${outcomes.get(path)}`,
    ]),
  );
  expect(endings).toEqual({
    'orders.dump': 'verified: Backup verified',
    'orders.dump.enc': 'verified: Backup verified',
    'orders.sql.gz': 'verified: Backup verified',
    'truncated.dump': 'not-verified: backup_truncated',
    'empty.dump': 'not-verified: backup_empty',
    'other-database.dump': 'not-verified: backup_wrong_database',
    'wrong-key.dump.enc': 'not-verified: backup_wrong_key',
    'rows-missing.dump': 'not-verified: Backup not verified',
    'stale.dump': 'verified: Backup verified',
    'renamed.dump': 'verified: Backup verified',
  });
}, 400_000);

async function outcomeOf(path: string): Promise<string> {
  const before = new Set((await demo.slack.messages(CHANNEL)).map(({ ts }) => ts));
  await demo.slack.command('U0ANA', CHANNEL, `/restore test ${TARGET} backup=${path}`);
  const card = await seen(/Needs approval|Rejected/, (message) => !before.has(message.ts));
  const code = /OP-[A-Z0-9]{4}/.exec(card.text)?.[0] ?? '';
  if (card.text.includes('Rejected'))
    return /`([a-z_]+)`"/.exec(JSON.stringify(card.blocks))?.[1] ?? card.text;
  await demo.slack.react('U0BEN', CHANNEL, card.ts, 'white_check_mark');
  await seenInThread(card.ts, /Now the host key/);
  await allow(code);
  const ended = await seen(
    new RegExp(`(verified|Undone|Failed|could not).*${code}`, 'i'),
    ({ ts }) => ts === card.ts,
  );
  const left = (await demo.slack.thread(CHANNEL, card.ts)).find(({ text }) => text.includes('left up'));
  if (left !== undefined) {
    await demo.slack.click('U0ANA', CHANNEL, left.ts, 'sandbox_remove');
    await seenInThread(card.ts, /is removed from/);
  }
  return /Backup (not )?verified/.exec(ended.text)?.[0] ?? ended.text;
}

async function allow(code: string): Promise<void> {
  const { file, args } = runAs(demo.users.operator, demo.program.node, [
    ...[demo.program.main, 'allow', code, '--directory', demo.files.allowDirectory, '--yes-target', TARGET],
  ]);
  await execa(file, args, { cwd: '/', timeout: DEADLINE_MS });
}

async function seen(text: RegExp, which: (message: SeenMessage) => boolean): Promise<SeenMessage> {
  return waited(text, async () => (await demo.slack.messages(CHANNEL)).filter(which));
}

async function seenInThread(thread: string, text: RegExp): Promise<SeenMessage> {
  return waited(text, () => demo.slack.thread(CHANNEL, thread));
}

async function waited(text: RegExp, read: () => Promise<SeenMessage[]>): Promise<SeenMessage> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const messages = await read();
    const found = messages.findLast(({ text: said, blocks }) =>
      text.test(`${said}\n${JSON.stringify(blocks ?? [])}`),
    );
    if (found !== undefined) return found;
    if (Date.now() > deadline)
      throw new Error(`nobody said ${text}; the last was ${JSON.stringify(messages.at(-1))}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function withoutDate(path: string): string {
  return path.replace(/_\d{4}-\d{2}-\d{2}(_\d{2}-\d{2}-\d{2})?/, '');
}
