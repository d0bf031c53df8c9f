import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { defaultWorld } from '../local-slack/default-world.ts';
import { type LocalSlack, startLocalSlack } from '../local-slack/local-slack.ts';
import { World } from '../local-slack/world.ts';

interface SlackOptions {
  readonly port: number;
  readonly host: string;
  readonly world?: string;
  readonly publicUrl?: string;
}

/** `twokey slack`: the local Slack, alone. */
export function slackCommand(): Command {
  return new Command('slack')
    .description(
      'Runs a local Slack: Web API, Socket Mode, signed HTTP, a web page and a control API. Any Slack client can be pointed at it.',
    )
    .option('--port <number>', 'where to listen; 0 takes any free port', port, 4700)
    .option('--host <address>', 'on which address; it knows no passwords, so keep it local', '127.0.0.1')
    .option('--world <file>', 'people, channels, groups and apps, as JSON or YAML (see docs/local-slack.md)')
    .option('--public-url <url>', 'under which apps and browsers reach it, when that is another address')
    .addHelpText(
      'after',
      '\nExample:\n  $ twokey slack --port 4700\n  $ SLACK_BOT_TOKEN=xoxb-local-twokey SLACK_APP_TOKEN=xapp-local-twokey node your-bot.js   # slackApiUrl: http://127.0.0.1:4700/api/',
    )
    .action(serve);
}

async function serve({ port: wanted, host, world: file, publicUrl }: SlackOptions): Promise<void> {
  const world = file === undefined ? World.parse(defaultWorld) : await readWorld(file);
  const slack = await startLocalSlack({
    port: wanted,
    host,
    world,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Error(`The local Slack can't listen on ${host}:${wanted}: ${cause}. Try another --port.`);
  });
  process.stdout.write(greeting(slack, world));
  await stopSignal();
  await slack.close();
  process.stdout.write('The local Slack has stopped.\n');
}

/** Where it is and what a client needs. */
function greeting(slack: LocalSlack, world: World): string {
  const apps = world.apps.flatMap((app) => [
    `  ${app.name} (${app.id})`,
    `    bot token       ${app.bot_token}`,
    ...(app.app_token === undefined ? [] : [`    app-level token ${app.app_token}`]),
    `    signing secret  ${app.signing_secret}`,
  ]);
  return [
    `The local Slack of "${world.team.name}" is ready.`,
    `  page            ${slack.url}/`,
    `  slackApiUrl     ${slack.apiUrl}`,
    `  control API     ${slack.url}/_control  (docs/local-slack.md)`,
    ...(apps.length > 0 ? ['', 'Apps:', ...apps] : []),
    '',
    'Nothing is kept: stop it with Ctrl-C and everything is gone.',
    '',
  ].join('\n');
}

async function readWorld(file: string): Promise<World> {
  const read = await readFile(file, 'utf8')
    .then((text): unknown => parse(text))
    .catch((error: unknown) => {
      const cause = error instanceof Error ? error.message : String(error);
      throw new Error(`The world of the local Slack can't be read from ${file}: ${cause}`);
    });
  const world = World.safeParse(read);
  if (!world.success) {
    throw new Error(
      `${file} does not describe a world for the local Slack:\n${z.prettifyError(world.error)}`,
    );
  }
  return world.data;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) {
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  }
  return number;
}
