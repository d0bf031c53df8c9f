import { Command } from 'commander';
import { pino } from 'pino';
import { startBot } from '../bot/bot.ts';
import { loadBotKeys } from '../bot/keys.ts';
import type { BotConfig } from '../config/bot-config.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadBotConfig } from '../config/load-bot-config.ts';
import { openBullmqEngine } from '../engine/bullmq.ts';
import type { Hearer, Intake } from '../slack/intake.ts';
import { receiveFromSlack } from '../slack/receive.ts';
import { openSlackWeb } from '../slack/web.ts';
import { openPostgresStore } from '../store/postgres/postgres-store.ts';
import { untilStopped } from './until-stopped.ts';

/** `twokey bot`: one replica of the control plane. */
export function botCommand(): Command {
  return new Command('bot')
    .description(
      'Runs the bot: listens to Slack, keeps operations in Postgres, lets runners dial in. It holds no credential of a target.',
    )
    .option('--config <file>', "the bot's settings", 'twokey.yml')
    .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
    .addHelpText(
      'after',
      '\nSecrets come from the environment: SLACK_BOT_TOKEN, SLACK_APP_TOKEN or SLACK_SIGNING_SECRET, DATABASE_URL, REDIS_URL.\n\nExample:\n  $ twokey bot --config /etc/twokey/twokey.yml',
    )
    .action(async (options: { readonly config: string; readonly logLevel: string }) => {
      const config = loadBotConfig(options.config, readEnvironment());
      await serve(config, options.logLevel);
    });
}

async function serve(config: BotConfig, level: string): Promise<void> {
  const log = pino({ level, name: 'twokey-bot' });
  const keys = await loadBotKeys(config.keys);
  const slack = await reached(openSlackWeb(config.slack.botToken, config.slack.apiUrl), slackHint(config));
  const store = await reached(openPostgresStore(config.databaseUrl, log), DATABASE_HINT);
  const engine = await openBullmqEngine(
    config.engine.kind === 'redis'
      ? { backend: 'redis', url: config.engine.url, log }
      : { backend: 'postgres', url: config.databaseUrl, log },
  );
  const listen = (hearer: Hearer): Promise<Intake> => receiveFromSlack(config.slack, slack.self, hearer, log);
  const bot = await reached(startBot({ config, keys, store, engine, slack, listen, log }), START_HINT);
  process.stdout.write(`twokey bot is ready; runners dial port ${bot.gatewayPort}\n`);
  await untilStopped(log);
  await bot.stop();
}

const START_HINT =
  'The bot does not start. Look at SLACK_APP_TOKEN or SLACK_SIGNING_SECRET, and at `gateway` and `slack` in its settings';
const DATABASE_HINT =
  'The bot’s own Postgres cannot be used. Look at DATABASE_URL, and whether that server runs and lets this user in';

function slackHint({ slack }: BotConfig): string {
  const where = slack.apiUrl ?? 'https://slack.com/api/';
  return `Slack at ${where} does not take the bot. Look at SLACK_BOT_TOKEN, and whether this host reaches that address`;
}

/** What the other side said, and what to look at; never the credentials that were tried. */
async function reached<Value>(opening: Promise<Value>, hint: string): Promise<Value> {
  try {
    return await opening;
  } catch (error) {
    throw new Error(`${hint}: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}
