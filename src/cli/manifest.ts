import { Command, InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import type { Command as ChatCommand } from '../config/command.ts';
import { loadCommands } from '../config/load-commands.ts';
import { appManifest } from '../config/manifest.ts';
import { keepCurrent } from './generated.ts';

/** `twokey manifest`: the manifest of the Slack app, made from the commands. */
export function manifestCommand(): Command {
  return new Command('manifest')
    .description(
      'Prints the manifest of the Slack app that the commands need, to be pasted at api.slack.com/apps.',
    )
    .option('--commands <directory>', 'directory of the command files', 'commands')
    .option(
      '--http <url>',
      'for delivery by HTTP: where Slack reaches the bot (default: Socket Mode)',
      httpsUrl,
    )
    .option('--file <path>', 'the file that --write and --check are about', 'manifest.yml')
    .option('--write', 'write the file')
    .option('--check', 'exit 1 when the file is not what the commands need')
    .addHelpText('after', '\nExample:\n  $ twokey manifest --http https://ops.example.com > manifest.yml')
    .action((options: { commands: string; http?: string; file: string; write?: true; check?: true }) => {
      const text = manifestText(loadCommands(options.commands), options.http ?? null);
      if (options.write === undefined && options.check === undefined) {
        process.stdout.write(text);
        return;
      }
      const files = [{ file: options.file, text }];
      const stale = keepCurrent(files, options.write === true, 'run `twokey manifest --write`');
      if (stale > 0) process.exitCode = 1;
    });
}

/** The manifest as a file, with a word on where it comes from. */
export function manifestText(commands: readonly ChatCommand[], http: string | null): string {
  const head =
    '# Made from commands/ by `twokey manifest --write`. Paste it at https://api.slack.com/apps (From a manifest).\n';
  return head + stringify(appManifest(commands, http), { lineWidth: 0 });
}

function httpsUrl(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return text;
  throw new InvalidArgumentError(
    'Slack delivers to https:// addresses only, such as https://ops.example.com',
  );
}
