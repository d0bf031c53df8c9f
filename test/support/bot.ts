import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import { type Bot, startBot } from '../../src/bot/bot.ts';
import type { BotConfig } from '../../src/config/bot-config.ts';
import { loadCommands } from '../../src/config/load-commands.ts';
import { loadPolicies } from '../../src/config/load-policies.ts';
import { appManifest } from '../../src/config/manifest.ts';
import { openBullmqEngine } from '../../src/engine/bullmq.ts';
import {
  type ControlClient,
  connectControl,
  type SeenMessage,
} from '../../src/local-slack/control-client.ts';
import { type LocalSlack, startLocalSlack } from '../../src/local-slack/local-slack.ts';
import type { Hearer } from '../../src/slack/intake.ts';
import { receiveFromSlack } from '../../src/slack/receive.ts';
import { openSlackWeb } from '../../src/slack/web.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, testDatabase } from './embedded.ts';
import { runnerPublicKey } from './scripted-runner.ts';

export const CHANNEL = 'C0INCIDENT';
/** Enough for every test of a file to have one of its own. */
export const TARGETS = ['orders', ...Array.from({ length: 20 }, (_, n) => `orders-${n}`)];

/** The bot, whole, on a real Postgres and the local Slack. */
export interface TestBot {
  readonly slack: ControlClient;
  readonly store: Store;
  readonly gateway: string;
  /** The local Slack's Web API. */
  readonly apiUrl: string;
  readonly logKey: ReturnType<typeof generateKeyPairSync>['publicKey'];
  /** Waits for a message of the bot in the channel, or in a thread of it, that says `text`. */
  heard(text: string | RegExp, options?: { as?: string; thread?: string }): Promise<SeenMessage>;
  /** Ends the bot and starts it again on the same database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const LOG = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const DEADLINE_MS = 15_000;

export async function testBot(
  change: (base: BotConfig) => Partial<BotConfig> = () => ({}),
): Promise<TestBot> {
  const [database, slack] = await Promise.all([testDatabase(), startLocalSlack({ port: 0 })]);
  const keys = { order: generateKeyPairSync('ed25519'), log: generateKeyPairSync('ed25519') };
  const base = baseConfig(slack, database);
  const config: BotConfig = { ...base, ...change(base) };
  const start = async (): Promise<{ bot: Bot; store: Store }> => {
    const store = await openPostgresStore(config.databaseUrl, LOG);
    const engine = await openBullmqEngine(
      config.engine.kind === 'redis'
        ? { backend: 'redis', url: config.engine.url, log: LOG }
        : { backend: 'postgres', url: config.databaseUrl, log: LOG },
    );
    const web = await openSlackWeb(config.slack.botToken, config.slack.apiUrl);
    const listen = (hearer: Hearer) => receiveFromSlack(config.slack, web.self, hearer, LOG);
    const privateKeys = { order: keys.order.privateKey, log: keys.log.privateKey };
    return {
      store,
      bot: await startBot({ config, keys: privateKeys, store, engine, slack: web, listen, log: LOG }),
    };
  };
  let running = await start();
  const control = connectControl(slack.url);
  await control.alterApp({ id: 'A0TWOKEY', commands: slashCommands() });
  return {
    slack: control,
    get store() {
      return running.store;
    },
    get gateway() {
      return `ws://127.0.0.1:${running.bot.gatewayPort}/runner`;
    },
    apiUrl: slack.apiUrl,
    logKey: keys.log.publicKey,
    heard: (text, options = {}) => heard(control, text, options),
    async restart() {
      await running.bot.stop();
      running = await start();
    },
    async stop() {
      await running.bot.stop();
      await slack.close();
      await database.drop();
    },
  };
}

async function heard(
  slack: ControlClient,
  text: string | RegExp,
  { as, thread }: { as?: string; thread?: string },
): Promise<SeenMessage> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const messages =
      thread === undefined ? await slack.messages(CHANNEL, as) : await slack.thread(CHANNEL, thread, as);
    const found = messages.findLast((message) => said(message).search(text) >= 0);
    if (found !== undefined) return found;
    if (Date.now() > deadline)
      throw new Error(`nobody said ${text}; but:\n${messages.map(said).join('\n---\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Everything that a message shows, as one text. */
export function said(message: SeenMessage): string {
  return `${message.text}\n${JSON.stringify(message.blocks ?? [])}`;
}

/** As the project's own manifest declares them. */
function slashCommands() {
  const declared = appManifest(loadCommands('commands'), null).features?.slash_commands ?? [];
  return declared.map(({ command, description, usage_hint: hint = '' }) => ({
    command,
    description,
    usage_hint: hint,
    should_escape: true,
  }));
}

function baseConfig(slack: LocalSlack, database: TestDatabase): BotConfig {
  return {
    installation: 'test.example/twokey',
    slack: {
      mode: 'socket',
      appToken: 'xapp-local-twokey',
      botToken: 'xoxb-local-twokey',
      apiUrl: slack.apiUrl,
    },
    channels: { operations: [CHANNEL], audit: 'C0AUDIT', ops: 'C0AUDIT' },
    roles: {
      engineers: { groups: ['S0ENGINEERS'], users: [] },
      approvers: { groups: ['S0DBAPPROVERS'], users: [] },
    },
    targets: Object.fromEntries(
      TARGETS.map((name) => [name, { name, runner: 'ops-1', environment: 'staging', policyOverrides: {} }]),
    ),
    runners: { 'ops-1': { name: 'ops-1', key: runnerPublicKey } },
    gateway: { host: '127.0.0.1', port: 0 },
    keys: { order: '/nowhere', log: '/nowhere' },
    engine: { kind: 'postgres' },
    databaseUrl: database.connectionString,
    commands: loadCommands('commands'),
    policies: Object.fromEntries(loadPolicies('policies').map((policy) => [policy.name, policy])),
  };
}
