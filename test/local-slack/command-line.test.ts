import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { eventually } from './bench.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `twokey slack` with these arguments, run from the source in a process of its own. */
function twokeySlack(...args: string[]) {
  const program = `import { slackCommand } from './src/cli/slack.ts';
    await slackCommand().parseAsync(${JSON.stringify(args)}, { from: 'user' });`;
  const loader = ['--import', './test/support/typescript-loader.mjs'];
  return execa('node', [...loader, '--input-type=module', '-e', program], {
    cwd: root,
    reject: false,
    timeout: 15_000,
  });
}

describe('twokey slack', () => {
  test('says where it is and how to use it, serves, and stops cleanly when asked', async () => {
    const child = twokeySlack('--port', '0');
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    const apiUrl = await eventually(() => /slackApiUrl\s+(http:\S+\/api\/)\n/.exec(said)?.[1]);
    expect(said).toContain('xoxb-local-twokey');
    expect(said).toContain('xapp-local-twokey');
    const answer = await fetch(`${apiUrl}auth.test?token=xoxb-local-twokey`);
    expect(await answer.json()).toMatchObject({ ok: true, team: 'Orders Inc.' });
    child.kill('SIGTERM');
    expect(await child).toMatchObject({ exitCode: 0, stderr: '' });
    expect(said).toContain('has stopped');
  });

  test('says what is wrong with a world, and does not start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'local-slack-'));
    try {
      const file = join(directory, 'world.yml');
      await writeFile(file, 'team: { id: X, name: Wrong, domain: wrong }\nusers: []\nchannels: []\n');
      const { exitCode, stderr } = await twokeySlack('--port', '0', '--world', file);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('does not describe a world');
      expect(stderr).toContain('a team id such as T0LOCAL');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('refuses a port that is none', async () => {
    const { exitCode, stderr } = await twokeySlack('--port', '99999');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('a port is a whole number from 0 to 65535');
  });
});
