import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COMMAND, edited, written } from '../config/written.ts';
import { twokey } from './run.ts';

describe('twokey manifest', () => {
  test('prints the manifest of the commands', async () => {
    const { exitCode, stdout } = await twokey(['manifest'], written({ 'commands/a.yml': COMMAND }));
    expect(exitCode).toBe(0);
    expect(parse(stdout)).toMatchObject({
      display_information: { name: 'Twokey' },
      features: { slash_commands: [{ command: '/ops' }, { command: '/restore', should_escape: true }] },
      settings: { socket_mode_enabled: true },
    });
  });

  test('--http puts the address of the bot in', async () => {
    const { stdout } = await twokey(['manifest', '--http', 'https://ops.example.com']);
    expect(parse(stdout).settings.interactivity.request_url).toBe('https://ops.example.com/slack/events');
  });

  test('--http takes no address that Slack would not call', async () => {
    const { exitCode, stderr } = await twokey(['manifest', '--http', 'http://ops.example.com']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Slack delivers to https:// addresses only');
  });

  test('--check notices a command that was added since --write', async () => {
    const folder = written({ 'commands/a.yml': COMMAND });
    expect((await twokey(['manifest', '--check'], folder)).exitCode).toBe(1);
    expect((await twokey(['manifest', '--write'], folder)).exitCode).toBe(0);
    expect((await twokey(['manifest', '--check'], folder)).exitCode).toBe(0);
    const added = written({
      'commands/a.yml': COMMAND,
      'commands/b.yml': edited(
        COMMAND.replaceAll('/restore test', '/clone'),
        'summary: Restore',
        'summary: Copy',
      ),
      'manifest.yml': readFileSync(join(folder, 'manifest.yml'), 'utf8'),
    });
    const { exitCode, stderr } = await twokey(['manifest', '--check'], added);
    expect(exitCode).toBe(1);
    expect(stderr).toBe('manifest.yml is out of date; run `twokey manifest --write`');
  });
});
