import { describe, expect, test } from '@jest/globals';
import { loadCommands } from '../../src/config/load-commands.ts';
import { appManifest } from '../../src/config/manifest.ts';
import { COMMAND, edited, written } from './written.ts';

function manifestOf(commands: Readonly<Record<string, string>>, http: string | null = null) {
  return appManifest(loadCommands(written(commands)), http);
}

const titled = (title: string, from = COMMAND): string => from.replaceAll('/restore test', title);

describe("the Slack app's manifest", () => {
  test('has one slash command for each first word, with what may follow', () => {
    const second = titled(
      '/restore rows',
      edited(COMMAND, 'policy:', '  deep: { type: flag }\n  table: { type: text }\npolicy:'),
    );
    expect(
      manifestOf({ 'a.yml': COMMAND, 'b.yml': second, 'c.yml': titled('/clone') }).features?.slash_commands,
    ).toEqual([
      {
        command: '/clone',
        description: 'Restore a backup into a throwaway database',
        usage_hint: '<target> [backup=latest]',
        should_escape: true,
      },
      expect.objectContaining({ command: '/ops' }),
      {
        command: '/restore',
        description: 'rows, test: `/restore help` tells more',
        usage_hint: 'rows <target> [backup=latest] [deep] table=… | test <target> [backup=latest]',
        should_escape: true,
      },
    ]);
  });

  test('by Socket Mode it has no address of ours', () => {
    const manifest = manifestOf({ 'a.yml': COMMAND });
    expect(manifest.settings?.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(manifest)).not.toContain('http');
  });

  test('by HTTP, commands, events and buttons go to one address', () => {
    const manifest = manifestOf({ 'a.yml': COMMAND }, 'https://ops.example.com');
    const url = 'https://ops.example.com/slack/events';
    expect(manifest.settings).toMatchObject({
      socket_mode_enabled: false,
      event_subscriptions: { request_url: url },
      interactivity: { request_url: url },
    });
    expect(manifest.features?.slash_commands?.map((command) => command.url)).toEqual([url, url]);
  });

  test('what Slack would refuse is refused here, all at once', () => {
    const long = Object.fromEntries(
      Array.from({ length: 51 }, (_, index) => [`${index}.yml`, titled(`/c${index}`)]),
    );
    const args = Array.from({ length: 30 }, (_, index) => `  ${'a'.repeat(50)}${index}: { type: text }\n`);
    const wordy = edited(COMMAND, 'policy:', `${args.join('')}policy:`);
    expect(() => manifestOf({ ...long, 'wordy.yml': wordy })).toThrow(
      /the usage hint of \/restore has \d+ characters, Slack takes 1000: .*\n53 slash commands, Slack takes 50$/,
    );
  });
});
