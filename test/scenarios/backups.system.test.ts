import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCleanUp } from '../../src/demo/clean-up.ts';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { CHANNEL, type Play, playOn } from '../support/play.ts';

const cleanUp = createCleanUp();
let demo: Demo;
let play: Play;

beforeAll(async () => {
  demo = await startDemo({ port: 0, scale: 0.2, cleanUp, say: () => undefined });
  play = playOn(demo);
}, 180_000);
afterAll(() => cleanUp.run(), 60_000);

/** Every backup of the demo goes the whole way: real processes, real users, both keys. */
test('each good backup is verified, each bad one is refused or condemned, for the reason it was made bad', async () => {
  const endings: Record<string, string> = {};
  for (const { path, expect: expected } of demo.backups.all)
    endings[withoutDate(path)] = `${expected}: ${await outcomeOf(path)}`;
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
  const { code, card } = await play.ask(path);
  if (card.text.includes('Rejected'))
    return /`([a-z_]+)`"/.exec(JSON.stringify(card.blocks))?.[1] ?? card.text;
  await play.approve(card.ts);
  await play.allow(code);
  const ended = await play.inChannel(
    new RegExp(`(verified|Undone|Failed|could not).*${code}`, 'i'),
    ({ ts }) => ts === card.ts,
  );
  const left = (await demo.slack.thread(CHANNEL, card.ts)).find(({ text }) => text.includes('left up'));
  if (left !== undefined) {
    await demo.slack.click('U0ANA', CHANNEL, left.ts, 'sandbox_remove');
    await play.inThread(card.ts, /is removed from/);
  }
  return /Backup (not )?verified/.exec(ended.text)?.[0] ?? ended.text;
}

function withoutDate(path: string): string {
  return path.replace(/_\d{4}-\d{2}-\d{2}(_\d{2}-\d{2}-\d{2})?/, '');
}
