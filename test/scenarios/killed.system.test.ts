import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCleanUp } from '../../src/demo/clean-up.ts';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { listProcesses, signal } from '../../src/demo/processes.ts';
import { type Play, playOn } from '../support/play.ts';

const cleanUp = createCleanUp();
let demo: Demo;
let play: Play;

beforeAll(async () => {
  demo = await startDemo({ port: 0, scale: 2, cleanUp, say: () => undefined });
  play = playOn(demo);
}, 180_000);
afterAll(() => cleanUp.run(), 60_000);

test('a bot that is killed in the middle of a run hears of its end when it is back, and ends the thread once', async () => {
  const { code, card } = await play.ask('latest');
  await play.approve(card.ts);
  await play.allow(code);
  await play.inThread(card.ts, /Running · OP-/);
  await kill('bot');
  await demo.startBot();
  await play.inChannel(new RegExp(`Backup verified.*${code}`));
  await play.inThread(card.ts, /Audit record of OP-/);
  const thread = await demo.slack.thread('C0INCIDENT', card.ts);
  expect(thread.filter(({ text }) => text.startsWith('Audit record of'))).toHaveLength(1);
}, 120_000);

test('a runner that is killed in the middle of a run undoes it when it is back, and leaves no sandbox', async () => {
  const { code, card } = await play.ask('latest');
  await play.approve(card.ts);
  await play.allow(code);
  await play.inThread(card.ts, /in_progress/);
  await kill('runner');
  await demo.startRunner();
  const ended = await play.inChannel(new RegExp(`Could not be checked.*${code}`));
  expect(JSON.stringify(ended.blocks)).toContain('`interrupted`');
  await play.inThread(card.ts, /Audit record of OP-/);
  const left = (await listProcesses()).filter(({ argv }) =>
    argv.join(' ').includes(`sandbox/${code.toLowerCase()}`),
  );
  expect(left).toEqual([]);
}, 120_000);

async function kill(name: 'bot' | 'runner'): Promise<void> {
  const config = name === 'bot' ? demo.files.botConfig : demo.files.runnerConfig;
  const found = (await listProcesses()).filter(({ argv }) => argv.includes(name) && argv.includes(config));
  expect(found.length).toBeGreaterThan(0);
  for (const { pid } of found) signal(pid, 'SIGKILL');
}
