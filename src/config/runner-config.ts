import { z } from 'zod';
import { ACTIONS, type ActionName } from '../actions/registry.ts';
import { Duration } from './duration.ts';
import { Name } from './name.ts';
import { PublicKey } from './public-key.ts';

const AbsolutePath = z.string().regex(/^\//, 'an absolute path');

/** Where a secret's value comes from: a variable of the host's environment, or of a named env file. */
export const SecretFrom = z.strictObject({
  env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable')
    // People paste the secret itself here; messages then must not repeat it.
    .meta({ writeOnly: true }),
  /** An env file such as `/srv/app/.env.backend`; without it the runner's own environment is read. */
  file: AbsolutePath.optional(),
});
export type SecretFrom = z.infer<typeof SecretFrom>;

/** How `openssl enc` was called when the backups were written. */
export const Encryption = z.strictObject({
  tool: z.literal('openssl'),
  cipher: z.enum(['aes-256-cbc', 'aes-192-cbc', 'aes-128-cbc', 'aes-256-ctr']).default('aes-256-cbc'),
  digest: z.enum(['sha256', 'sha512', 'sha1', 'md5']).default('sha256'),
  /** PBKDF2 rounds; openssl's own default is 10000. `0` means written without `-pbkdf2`. */
  iterations: z.int().min(0).max(10_000_000).default(10_000),
  key: SecretFrom,
});
export type Encryption = z.infer<typeof Encryption>;

const SourceBase = {
  name: Name,
  /**
   * Which files are backups of this target and how their name says when they were taken, such as
   * `orders_{YYYY}-{MM}-{DD}_{hh}-{mm}-{ss}.dump`; `*` matches the rest. Several may be given.
   */
  patterns: z.array(z.string().min(1)).min(1),
  /** The time zone of the dates in names, an IANA name. */
  zone: z.string().default('UTC'),
  encryption: Encryption.optional(),
};

export const FolderSource = z.strictObject({
  ...SourceBase,
  kind: z.literal('folder'),
  folder: AbsolutePath,
});
export const S3Source = z.strictObject({
  ...SourceBase,
  kind: z.literal('s3'),
  bucket: z.string().min(3),
  prefix: z.string().default(''),
  region: z.string().default('us-east-1'),
  /** For S3-compatible stores. */
  endpoint: z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' }).optional(),
  'path-style': z.boolean().default(false),
  /** Without them the SDK's usual chain is used. */
  'access-key-id': SecretFrom.optional(),
  'secret-access-key': SecretFrom.optional(),
});
export const SourceConfig = z.discriminatedUnion('kind', [FolderSource, S3Source]);
export type SourceConfig = z.infer<typeof SourceConfig>;

/** What a restored copy is held against. */
export const VerifyConfig = z.strictObject({
  /** The database's name that an archive must carry; another one is refused as another database's backup. */
  database: z.string().optional(),
  /** Tables that must exist, and the fewest rows each must hold. */
  tables: z.record(z.string(), z.int().nonnegative()).default({}),
  migration: z
    .strictObject({
      /** `alembic_version`, `_prisma_migrations`, `schema_migrations`…; found by itself when absent. */
      table: z.string().optional(),
      /** The expected head: a value, a command whose last line is it, or a checkout with the migrations. */
      head: z.union([
        z.strictObject({ value: z.string() }),
        z.strictObject({ command: z.array(z.string()).min(1), directory: AbsolutePath.optional() }),
        z.strictObject({ checkout: AbsolutePath, tool: z.enum(['alembic', 'prisma', 'sql-files']) }),
      ]),
    })
    .optional(),
});
export type VerifyConfig = z.infer<typeof VerifyConfig>;

const actionNames = Object.keys(ACTIONS).filter((name): name is ActionName => Object.hasOwn(ACTIONS, name));

export const TargetConfig = z.strictObject({
  environment: Name,
  /** Only a target marked so may use `host-key: same-user`. */
  demo: z.boolean().default(false),
  'host-key': z.enum(['operator', 'same-user']).default('operator'),
  /** The live database's connection URL; SQLAlchemy driver suffixes are understood. */
  database: SecretFrom.optional(),
  backups: z.array(SourceConfig).min(1),
  verify: VerifyConfig.prefault({}),
  /** What this runner will do for this target; everything else is refused. */
  actions: z.array(z.enum(actionNames)).min(1),
});
export type TargetConfig = z.infer<typeof TargetConfig>;

export const SandboxConfig = z.strictObject({
  /** Holds the throwaway clusters; the runner's own, on a disk with room for a restored copy. */
  directory: AbsolutePath,
  /** How long a finished sandbox stays up for inspection. */
  lifetime: Duration.default('2h'),
  /** How far *Keep longer* extends it, and how often at most. */
  extension: Duration.default('2h'),
  extensions: z.int().min(0).max(24).default(3),
  /** How many may run at once on this host. */
  slots: z.int().min(1).max(16).default(2),
  /** `fast` turns durability off and is never called a production RTO. */
  profile: z.enum(['fast', 'faithful']).default('fast'),
  /** Parallel workers of pg_restore; default: the host's cores. */
  jobs: z.int().min(1).max(64).optional(),
  /** Folders that hold `bin` directories of PostgreSQL installations, looked into in this order. */
  postgres: z.array(AbsolutePath).default(['/usr/lib/postgresql', '/usr/local/pgsql', '/opt/postgresql']),
});
export type SandboxConfig = z.infer<typeof SandboxConfig>;

export const RunnerConfig = z.strictObject({
  runner: Name,
  bot: z.strictObject({
    /** The gateway of any replica, `wss://twokey.example.com/runner`. */
    url: z.url({ protocol: /^wss?$/, error: 'a wss:// address' }),
    /** The only keys whose orders this host obeys. Never learned over the wire. */
    'order-keys': z.array(PublicKey).min(1),
    /** The audit log's verification key, as `twokey keys show` prints it. */
    'log-key': z.string().min(1),
  }),
  /** The runner's private key, a PEM file that only the runner's user can read. */
  key: AbsolutePath,
  /** Journal, evidence and fetched backups; mode 0700. */
  state: AbsolutePath,
  allow: z.strictObject({
    /** Owned by the runner, mode 3730, group of the operators. */
    directory: AbsolutePath,
    group: z.string().min(1),
    'file-systems': z
      .array(z.enum(['tmpfs', 'ext4', 'xfs', 'btrfs', 'overlay']))
      .default(['tmpfs', 'ext4', 'xfs', 'btrfs']),
  }),
  /** The people who may turn the host key, and who they are in Slack. */
  operators: z
    .array(z.strictObject({ uid: z.int().min(1), slack: z.string().regex(/^[UW][A-Z0-9]+$/) }))
    .min(1),
  /** The fewest chat approvals without which this host refuses, whatever a policy says. */
  minimum: z
    .strictObject({ normal: z.int().min(1).default(1), 'break-glass': z.int().min(1).default(1) })
    .prefault({}),
  sandbox: SandboxConfig,
  targets: z
    .record(Name, TargetConfig)
    .refine((targets) => Object.keys(targets).length > 0, 'at least one target'),
});
export type RunnerConfig = z.infer<typeof RunnerConfig>;
