import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCommands } from '../config/load-commands.ts';
import { appManifest } from '../config/manifest.ts';
import { type ControlClient, connectControl } from '../local-slack/control-client.ts';
import { startLocalSlack } from '../local-slack/local-slack.ts';
import { startChild } from './children.ts';
import type { CleanUp } from './clean-up.ts';
import { anotherDemoRuns, makeDemoDirectory, removeDemoDirectory } from './demo-directory.ts';
import { type DemoFiles, writeDemoFiles } from './demo-files.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { freePort } from './free-port.ts';
import { ensureHostTools } from './host-tools.ts';
import { ensureHostUsers, type HostUsers } from './host-users.ts';
import { type Program, readableProgram } from './program-copy.ts';
import type { Say } from './say.ts';
import { type DemoBackups, makeBackups } from './shop/backups.ts';
import { startShop } from './shop/shop.ts';
import { removeStaleDemos } from './stale.ts';

export const APP = 'A0TWOKEY';

export interface DemoOptions {
  /** Of the local Slack's page; 0 for any. */
  readonly port: number;
  /** How big the example shop's database is; 1 for some 7 MB of backup. */
  readonly scale?: number;
  readonly cleanUp: CleanUp;
  readonly say: Say;
}

/** Everything running: what a visitor, or the script, plays with. */
export interface Demo {
  readonly slackUrl: string;
  readonly slack: ControlClient;
  readonly shopUrl: string;
  readonly files: DemoFiles;
  readonly users: HostUsers;
  readonly program: Program;
  readonly backups: DemoBackups;
  readonly directory: string;
  /** The bot's own Postgres. */
  readonly databaseUrl: string;
  /** Again, after somebody has killed it. */
  readonly startBot: () => Promise<void>;
  readonly startRunner: () => Promise<void>;
}

/** Starts it all on this host alone; `cleanUp` knows how to leave nothing behind, however far it came. */
export async function startDemo({ port, scale = 1, cleanUp, say }: DemoOptions): Promise<Demo> {
  // First, so that a demo which starts or ends meanwhile sees this one and leaves the users to it.
  const directory = await makeDemoDirectory();
  cleanUp.add('the folder', () => removeDemoDirectory(directory, say));
  await removeStaleDemos(say);
  const tools = await ensureHostTools(say);
  const users = await ensureHostUsers('twokey', () => anotherDemoRuns(directory));
  cleanUp.add('the users', async () => {
    // A sandbox left up for inspection is a process of the runner's user.
    await removeDemoDirectory(directory, say);
    await users.remove();
  });
  const readers = [users.bot, users.runner, users.operator];
  const program = await readableProgram({ directory, readers, say });

  const slack = await startLocalSlack({ port });
  cleanUp.add('the local Slack', () => slack.close());
  const control = connectControl(slack.url);
  await control.alterApp({ id: APP, ...fromManifest(join(program.root, 'commands')) });

  say('Starting the bot’s Postgres and the example shop with its own.');
  const separate = users.mode === 'separate';
  const [postgres, shop] = await Promise.all([
    startEmbeddedPostgres({
      directory: join(directory, 'pg'),
      ...(separate ? users.bot : {}),
      durable: false,
      say,
    }),
    startShop({
      tools,
      directory: join(directory, 'shop'),
      owner: separate ? users.runner : undefined,
      scale,
      say,
    }),
  ]);
  cleanUp.add('the bot’s Postgres', () => postgres.stop());
  cleanUp.add('the example shop', () => shop.stop());
  const databaseUrl = await postgres.createDatabase('twokey');
  const key = randomBytes(24).toString('hex');
  const backups = await makeBackups({ tools, shop, directory, readers: users.runner, key, say });

  const files = await writeDemoFiles({
    directory,
    users,
    tools,
    programRoot: program.root,
    slackApiUrl: slack.apiUrl,
    gatewayPort: await freePort(),
    databaseUrl: shop.databaseUrl,
    backupKey: key,
    backups,
    rows: shop.rows,
  });
  const child = { program, directory, cleanUp, say };
  const startBot = (): Promise<void> =>
    startChild({
      ...child,
      name: 'bot',
      args: ['bot', '--config', files.botConfig],
      user: users.bot,
      environment: {
        SLACK_BOT_TOKEN: 'xoxb-local-twokey',
        SLACK_APP_TOKEN: 'xapp-local-twokey',
        DATABASE_URL: databaseUrl,
      },
      ready: 'is ready',
    });
  const startRunner = (): Promise<void> =>
    startChild({
      ...child,
      name: 'runner',
      args: ['runner', '--config', files.runnerConfig],
      user: users.runner,
      environment: {},
      ready: 'connected',
    });
  await startBot();
  await startRunner();
  await chmod(directory, 0o755);
  return {
    slackUrl: slack.url,
    slack: control,
    shopUrl: shop.app.url,
    files,
    users,
    program,
    backups,
    directory,
    databaseUrl,
    startBot,
    startRunner,
  };
}

/** The app as api.slack.com would make it from the project's own manifest. */
function fromManifest(commandsDirectory: string) {
  const { features, oauth_config: oauth, settings } = appManifest(loadCommands(commandsDirectory), null);
  return {
    commands: (features?.slash_commands ?? []).map(({ command, description, usage_hint: hint = '' }) => ({
      command,
      description,
      usage_hint: hint,
      should_escape: true,
    })),
    scopes: [...(oauth?.scopes?.bot ?? [])],
    events: [...(settings?.event_subscriptions?.bot_events ?? [])],
  };
}
