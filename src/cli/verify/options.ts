import { userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { loadRunnerConfig } from '../../config/load-runner-config.ts';
import { Encryption, SandboxConfig, TargetConfig } from '../../config/runner-config.ts';
import { Refusal } from '../../runner/refusal.ts';

/** What the command line said, as commander hands it over. */
export interface VerifyOptions {
  readonly sourceConfig?: string;
  readonly target?: string;
  readonly database?: string;
  readonly encryptedWith?: string;
  readonly cipher?: string;
  readonly digest?: string;
  readonly iterations?: string;
  readonly expectTable: readonly string[];
  readonly migrationHead?: string;
  readonly migrationTable?: string;
  readonly profile?: string;
  readonly jobs?: string;
  readonly sandboxDirectory?: string;
  readonly postgres: readonly string[];
  readonly keep?: true;
  readonly json?: true;
  readonly removeKept?: true;
}

/** A restore test that needs no bot: the same words as in `runner.yml`. */
export interface VerifyPlan {
  readonly targetName: string;
  readonly target: TargetConfig;
  readonly sandbox: SandboxConfig;
  /** `latest`, a path, or `s3://bucket/key`. */
  readonly request: string;
}

/** Makes the plan of one run. Refuses with `wrong_option` for anything that makes no sense. */
export function readVerifyOptions(backup: string, options: VerifyOptions): VerifyPlan {
  const sandbox = readSandbox(options);
  if (options.sourceConfig === undefined) {
    const path = resolve(backup);
    if (backup === 'latest' || backup.startsWith('s3://')) {
      throw wrong(
        `\`${backup}\` needs sources to look in.`,
        'Name the runner’s settings with --source-config.',
      );
    }
    const folder = dirname(path);
    const source = { name: 'folder', kind: 'folder', folder, patterns: ['*'], ...encryption(options) };
    const target = {
      environment: 'local',
      backups: [source],
      verify: expectations(options),
      actions: ['backup.fetch'],
    };
    return {
      targetName: 'local',
      target: check(TargetConfig, target),
      sandbox,
      request: join(folder, basename(path)),
    };
  }
  const [targetName, target] = configuredTarget(options);
  const verify = { ...target.verify, ...expectations(options, target.verify.tables) };
  const backups = target.backups.map((source) => ({ ...source, ...encryption(options) }));
  return {
    targetName,
    target: check(TargetConfig, { ...target, backups, verify }),
    sandbox,
    request: backup,
  };
}

/** Where sandboxes of this run are made: as `runner.yml` says, or in a directory of this user's own. */
export function readSandbox(options: VerifyOptions): SandboxConfig {
  const { sourceConfig, sandboxDirectory, profile, jobs, postgres } = options;
  const configured = sourceConfig === undefined ? null : loadRunnerConfig(sourceConfig).sandbox;
  return check(SandboxConfig, {
    ...(configured ?? { directory: `/var/tmp/twokey-${userInfo().username}` }),
    ...(sandboxDirectory === undefined ? {} : { directory: resolve(sandboxDirectory) }),
    ...(profile === undefined ? {} : { profile }),
    ...(jobs === undefined ? {} : { jobs: Number(jobs) }),
    ...(postgres.length === 0 ? {} : { postgres: postgres.map((folder) => resolve(folder)) }),
  });
}

function configuredTarget({ sourceConfig = '', target }: VerifyOptions): readonly [string, TargetConfig] {
  const targets = Object.entries(loadRunnerConfig(sourceConfig).targets);
  const names = targets.map(([name]) => name).join(', ');
  if (target === undefined && targets.length > 1) {
    throw wrong(`${sourceConfig} has several targets: ${names}.`, 'Name one with --target.');
  }
  const found = targets.find(([name]) => target === undefined || name === target);
  if (!found) throw wrong(`${sourceConfig} has no target \`${target}\`.`, `It has: ${names}.`);
  return found;
}

function expectations(options: VerifyOptions, tables: Readonly<Record<string, number>> = {}) {
  const { database, migrationHead, migrationTable } = options;
  if (migrationTable !== undefined && migrationHead === undefined) {
    throw wrong('--migration-table alone compares nothing.', 'Give the expected head with --migration-head.');
  }
  const migration = {
    ...(migrationTable === undefined ? {} : { table: migrationTable }),
    head: { value: migrationHead },
  };
  return {
    ...(database === undefined ? {} : { database }),
    tables: { ...tables, ...Object.fromEntries(options.expectTable.map(tableMinimum)) },
    ...(migrationHead === undefined ? {} : { migration }),
  };
}

/** `users=1`, `shop.orders=1000`, or `users` for a table that must exist and may be empty. */
function tableMinimum(text: string): readonly [string, number] {
  const match = /^([^=]+)(?:=(\d+))?$/.exec(text);
  if (!match?.[1]) {
    throw wrong(
      `--expect-table ${text} is not a table and a number of rows.`,
      'Write it as users=1 or shop.orders=1000.',
    );
  }
  return [match[1], Number(match[2] ?? 0)];
}

function encryption({ encryptedWith, cipher, digest, iterations }: VerifyOptions): {
  encryption?: Encryption;
} {
  if (encryptedWith === undefined) {
    if (cipher ?? digest ?? iterations)
      throw wrong('Nothing says which key to decrypt with.', 'Add --encrypted-with env:NAME.');
    return {};
  }
  const env = /^env:([A-Za-z_]\w*)$/.exec(encryptedWith)?.[1];
  if (env === undefined) {
    // A key on the command line would stand in the process list and in the shell's history.
    throw wrong(
      '--encrypted-with wants the name of an environment variable.',
      'Write it as env:BACKUP_ENCRYPTION_KEY.',
    );
  }
  return {
    encryption: check(Encryption, {
      tool: 'openssl',
      key: { env },
      ...(cipher === undefined ? {} : { cipher }),
      ...(digest === undefined ? {} : { digest }),
      ...(iterations === undefined ? {} : { iterations: Number(iterations) }),
    }),
  };
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw wrong(issues, 'See twokey verify --help.');
}

function wrong(message: string, hint: string): Refusal {
  return new Refusal('wrong_option', message, hint);
}
