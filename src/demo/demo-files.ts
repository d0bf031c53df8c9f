import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ACTIONS } from '../actions/registry.ts';
import { formatVkey, vkeyOf } from '../audit/note.ts';
import type { VerifyConfig } from '../config/runner-config.ts';
import { formatPublicKey } from '../wire/signature.ts';
import type { HostTools } from './host-tools.ts';
import type { HostUser, HostUsers } from './host-users.ts';
import type { DemoBackups } from './shop/backups.ts';
import { BROKEN_PATTERNS, NIGHTLY_PATTERNS } from './shop/fixtures.ts';
import { DATABASE, MIGRATION_HEAD } from './shop/schema.ts';
import type { ShopRows } from './shop/seed.ts';

export interface DemoFilesOptions {
  /** The demo's own directory, which its users can pass through. */
  readonly directory: string;
  readonly users: HostUsers;
  readonly tools: HostTools;
  /** Holds `commands` and `policies`, readable for the bot. */
  readonly programRoot: string;
  /** The local Slack's Web API. */
  readonly slackApiUrl: string;
  /** On 127.0.0.1, for the bot to listen on and the runner to dial. */
  readonly gatewayPort: number;
  /** What the application calls DATABASE_URL. */
  readonly databaseUrl: string;
  readonly backupKey: string;
  readonly backups: Pick<DemoBackups, 'nightly' | 'broken'>;
  readonly rows: ShopRows;
}

/** Where everything is that bot, runner and operator are started with. */
export interface DemoFiles {
  readonly botConfig: string;
  readonly runnerConfig: string;
  /** The log's verification key, for `twokey audit verify`. */
  readonly logKey: string;
  readonly allowDirectory: string;
}

export const INSTALLATION = 'twokey-demo';
export const TARGET = 'orders-demo';
export const RUNNER = 'demo-host';

/** The people and channels of the local Slack's default world. */
const SLACK = {
  operations: 'C0INCIDENT',
  audit: 'C0AUDIT',
  engineers: 'S0ENGINEERS',
  approvers: 'S0DBAPPROVERS',
  operator: 'U0DMITRI',
} as const;

/** A restored copy may have lost a tenth of the rows before it counts as one with rows missing. */
const FEWEST = 0.9;

/** Writes the settings, keys and folders of the demo, each for the user that needs it and no other. */
export async function writeDemoFiles(options: DemoFilesOptions): Promise<DemoFiles> {
  const { directory, users } = options;
  const at = (...names: string[]): string => join(directory, ...names);
  const { bot, runner, operators } = users;
  const keys = { order: newKey(), log: newKey(), runner: newKey() };
  const logKey = formatVkey(vkeyOf(INSTALLATION, publicOf(keys.log)));

  await folder(at('bot'), bot, 0o755);
  await secret(at('bot/order.pem'), bot, pem(keys.order));
  await secret(at('bot/log.pem'), bot, pem(keys.log));
  const botConfig = at('bot/twokey.yml');
  await settings(botConfig, botSettings(options, formatPublicKey(publicOf(keys.runner))));

  await folder(at('runner'), runner, 0o755);
  await secret(at('runner/runner.pem'), runner, pem(keys.runner));
  await folder(at('state'), runner, 0o700);
  await folder(at('sandbox'), runner, 0o711);
  const allowDirectory = at('allow');
  await folder(allowDirectory, { uid: runner.uid, gid: operators.gid }, 0o3730);
  const runnerConfig = at('runner/runner.yml');
  await settings(runnerConfig, runnerSettings(options, formatPublicKey(publicOf(keys.order)), logKey));

  await folder(at('app'), runner, 0o755);
  const backend = { DATABASE_URL: options.databaseUrl, BACKUP_ENCRYPTION_KEY: options.backupKey };
  const lines = Object.entries(backend).map(([name, value]) => `${name}=${value}\n`);
  await secret(at('app/.env.backend'), runner, lines.join(''));
  return { botConfig, runnerConfig, logKey, allowDirectory };
}

/** `twokey.yml`; docs/configuration.md. */
function botSettings(options: DemoFilesOptions, runnerKey: string): object {
  return {
    installation: INSTALLATION,
    slack: { mode: 'socket', 'api-url': options.slackApiUrl },
    channels: { operations: [SLACK.operations], audit: SLACK.audit },
    roles: { engineers: { groups: [SLACK.engineers] }, approvers: { groups: [SLACK.approvers] } },
    targets: { [TARGET]: { runner: RUNNER, environment: 'demo' } },
    runners: { [RUNNER]: { key: runnerKey } },
    gateway: { host: '127.0.0.1', port: options.gatewayPort },
    keys: { order: 'order.pem', log: 'log.pem' },
    commands: join(options.programRoot, 'commands'),
    policies: join(options.programRoot, 'policies'),
    engine: 'postgres',
  };
}

/** `runner.yml`; docs/configuration.md. */
function runnerSettings(options: DemoFilesOptions, orderKey: string, logKey: string): object {
  const { directory, users, backups, tools, rows } = options;
  const env = (name: string): object => ({ env: name, file: join(directory, 'app/.env.backend') });
  const encryption = { tool: 'openssl', key: env('BACKUP_ENCRYPTION_KEY') };
  return {
    runner: RUNNER,
    bot: {
      url: `ws://127.0.0.1:${options.gatewayPort}/runner`,
      'order-keys': [orderKey],
      'log-key': logKey,
    },
    key: join(directory, 'runner/runner.pem'),
    state: join(directory, 'state'),
    allow: {
      directory: join(directory, 'allow'),
      group: users.operators.name,
      // Containers have their files on overlay.
      'file-systems': ['tmpfs', 'ext4', 'xfs', 'btrfs', 'overlay'],
    },
    operators: [{ uid: users.operator.uid, slack: SLACK.operator }],
    sandbox: { directory: join(directory, 'sandbox'), lifetime: '30m', postgres: [tools.root] },
    targets: {
      [TARGET]: {
        environment: 'demo',
        demo: true,
        'host-key': users.mode === 'separate' ? 'operator' : 'same-user',
        database: env('DATABASE_URL'),
        backups: [
          {
            name: 'nightly',
            kind: 'folder',
            folder: backups.nightly,
            patterns: NIGHTLY_PATTERNS,
            encryption,
          },
          { name: 'broken', kind: 'folder', folder: backups.broken, patterns: BROKEN_PATTERNS, encryption },
        ],
        verify: verifySettings(rows),
        actions: Object.keys(ACTIONS),
      },
    },
  };
}

/** What a restored copy of the shop is held against: `verify` in `runner.yml`. */
export function verifySettings(rows: ShopRows): VerifyConfig {
  const fewest = Object.entries(rows).map(([table, count]) => [
    `public.${table}`,
    Math.floor(count * FEWEST),
  ]);
  return {
    database: DATABASE,
    tables: Object.fromEntries(fewest),
    migration: { table: 'alembic_version', head: { value: MIGRATION_HEAD } },
  };
}

function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

function publicOf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The mode last, as a change of owner clears the bits that hand a group down. */
async function folder(path: string, owner: Pick<HostUser, 'uid' | 'gid'>, mode: number): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await chown(path, owner.uid, owner.gid);
  await chmod(path, mode);
}

async function secret(path: string, owner: HostUser, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600, flag: 'wx' });
  await chown(path, owner.uid, owner.gid);
}

/** Whoever starts the demo owns the settings; its users only read them. */
async function settings(path: string, content: object): Promise<void> {
  const head = '# Written by `twokey demo`, and gone when it ends.\n';
  await writeFile(path, `${head}${stringify(content, { aliasDuplicateObjects: false })}`, { flag: 'wx' });
  await chown(path, userInfo().uid, userInfo().gid);
  await chmod(path, 0o644);
}
