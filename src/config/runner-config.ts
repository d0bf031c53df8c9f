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
    .meta({ writeOnly: true, description: 'The variable that holds it' }),
  file: AbsolutePath.optional().describe(
    "An env file such as /srv/app/.env.backend; without it the runner's own environment is read",
  ),
});
export type SecretFrom = z.infer<typeof SecretFrom>;

/** How `openssl enc` was called when the backups were written. */
export const Encryption = z.strictObject({
  tool: z.literal('openssl').describe('What the backups were encrypted with: `openssl enc`'),
  cipher: z
    .enum(['aes-256-cbc', 'aes-192-cbc', 'aes-128-cbc', 'aes-256-ctr'])
    .default('aes-256-cbc')
    .describe('The cipher that openssl was told'),
  digest: z
    .enum(['sha256', 'sha512', 'sha1', 'md5'])
    .default('sha256')
    .describe("openssl's `-md`, with which it derives the key"),
  iterations: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(10_000)
    .describe("PBKDF2 rounds; openssl's own default is 10000, and 0 means written without `-pbkdf2`"),
  key: SecretFrom.describe('The passphrase'),
});
export type Encryption = z.infer<typeof Encryption>;

const SOURCE_KIND = '`folder`: a directory of this host; `s3`: S3, or a store that speaks it';

const SourceBase = {
  name: Name.describe('Names the source in plans'),
  patterns: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Which files are backups of this target, and how their name says when they were taken, such as `orders_{YYYY}-{MM}-{DD}_{hh}-{mm}-{ss}.dump`; `*` matches the rest',
    ),
  zone: z.string().default('UTC').describe('The time zone of the dates in names, an IANA name'),
  encryption: Encryption.optional().describe('For encrypted backups'),
};

export const FolderSource = z.strictObject({
  ...SourceBase,
  kind: z.literal('folder').describe(SOURCE_KIND),
  folder: AbsolutePath.describe('For `folder`: the directory; nothing outside it is ever read'),
});
export const S3Source = z.strictObject({
  ...SourceBase,
  kind: z.literal('s3').describe(SOURCE_KIND),
  bucket: z.string().min(3).describe('For `s3`: the bucket'),
  prefix: z
    .string()
    .default('')
    .describe('For `s3`: only keys that begin with it; nothing outside it is ever read'),
  region: z.string().default('us-east-1').describe('For `s3`: the region'),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'an http:// or https:// address' })
    .optional()
    .describe("For `s3`: the address of a store that is not Amazon's"),
  'path-style': z
    .boolean()
    .default(false)
    .describe('For `s3`: puts the bucket into the path, as some stores need'),
  'access-key-id': SecretFrom.optional().describe(
    "For `s3`: without the two keys the SDK's usual chain is used",
  ),
  'secret-access-key': SecretFrom.optional().describe('Belongs to `access-key-id`'),
});
export const SourceConfig = z.discriminatedUnion('kind', [FolderSource, S3Source]);
export type SourceConfig = z.infer<typeof SourceConfig>;

const MigrationHead = z.union([
  z.strictObject({ value: z.string().describe('Either: the head itself') }),
  z.strictObject({
    command: z.array(z.string()).min(1).describe('Or: a command whose last line of output is the head'),
    directory: AbsolutePath.optional().describe('Where the command runs'),
  }),
  z.strictObject({
    checkout: AbsolutePath.describe('Or: a checkout with the migrations'),
    tool: z.enum(['alembic', 'prisma', 'sql-files']).describe('What the migrations are written for'),
  }),
]);

/** What a restored copy is held against. */
export const VerifyConfig = z.strictObject({
  database: z
    .string()
    .optional()
    .describe(
      "The database's name that an archive must carry; another one is refused as another database's backup",
    ),
  tables: z
    .record(z.string(), z.int().nonnegative())
    .default({})
    .describe('Tables that must exist, and the fewest rows each must hold'),
  migration: z
    .strictObject({
      table: z
        .string()
        .optional()
        .describe('alembic_version, _prisma_migrations, schema_migrations…; found by itself when absent'),
      head: MigrationHead.describe('The expected head: a value, a command, or a checkout'),
    })
    .optional()
    .describe('Which migration the copy must be at'),
});
export type VerifyConfig = z.infer<typeof VerifyConfig>;

const actionNames = Object.keys(ACTIONS).filter((name): name is ActionName => Object.hasOwn(ACTIONS, name));

export const TargetConfig = z.strictObject({
  environment: Name.describe('Shown on every card'),
  demo: z.boolean().default(false).describe('Only a target marked so may use `host-key: same-user`'),
  'host-key': z
    .enum(['operator', 'same-user'])
    .default('operator')
    .describe("Who turns the host key: a mapped operator, or the runner's own user"),
  database: SecretFrom.optional().describe(
    "The live database's connection URL; SQLAlchemy driver suffixes are understood",
  ),
  backups: z.array(SourceConfig).min(1).describe('Where its backups are'),
  verify: VerifyConfig.prefault({}).describe('What a restored copy is held against'),
  actions: z
    .array(z.enum(actionNames))
    .min(1)
    .describe('What this runner will do for this target; everything else is refused'),
});
export type TargetConfig = z.infer<typeof TargetConfig>;

export const SandboxConfig = z.strictObject({
  directory: AbsolutePath.describe(
    "Holds the throwaway clusters; the runner's own, on a disk with room for a restored copy",
  ),
  lifetime: Duration.default('2h').describe('How long a finished sandbox stays up for inspection'),
  extension: Duration.default('2h').describe('How far *Keep longer* extends it'),
  extensions: z.int().min(0).max(24).default(3).describe('How often it may be extended'),
  slots: z.int().min(1).max(16).default(2).describe('How many may run at once on this host'),
  profile: z
    .enum(['fast', 'faithful'])
    .default('fast')
    .describe('`fast` turns durability off and is never called a production RTO'),
  jobs: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe("Parallel workers of pg_restore; default: the host's cores"),
  postgres: z
    .array(AbsolutePath)
    .default(['/usr/lib/postgresql', '/usr/local/pgsql', '/opt/postgresql'])
    .describe('Folders that hold `bin` directories of PostgreSQL installations, looked into in this order'),
});
export type SandboxConfig = z.infer<typeof SandboxConfig>;

const Operator = z.strictObject({
  uid: z.int().min(1).describe('Their user id on this host; never root'),
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, 'the id of a user, such as U012AB3CD')
    .describe('Who they are in Slack'),
});

/** What may stand in `runner.yml`: the host's own word, which nothing over the wire can change. */
export const RunnerConfig = z.strictObject({
  runner: Name.describe('Its name, as twokey.yml has it'),
  bot: z
    .strictObject({
      url: z
        .url({ protocol: /^wss?$/, error: 'a wss:// address' })
        .describe('The gateway of any replica, `wss://twokey.example.com/runner`'),
      'order-keys': z
        .array(PublicKey)
        .min(1)
        .describe('The only keys whose orders this host obeys; never learned over the wire'),
      'log-key': z
        .string()
        .min(1)
        .describe("The audit log's verification key, as `twokey keys show` prints it"),
    })
    .describe('The bot that it works for'),
  key: AbsolutePath.describe("The runner's private key, a PEM file that only the runner's user can read"),
  state: AbsolutePath.describe('Journal, evidence and fetched backups; mode 0700'),
  allow: z
    .strictObject({
      directory: AbsolutePath.describe('Owned by the runner, mode 3730, group of the operators'),
      group: z.string().min(1).describe("The operators' Unix group"),
      'file-systems': z
        .array(z.enum(['tmpfs', 'ext4', 'xfs', 'btrfs', 'overlay']))
        .default(['tmpfs', 'ext4', 'xfs', 'btrfs'])
        .describe('What the directory may lie on; a network file system cannot say who wrote a file'),
    })
    .describe('Where the host key is turned'),
  operators: z
    .array(Operator)
    .min(1)
    .describe('The people who may turn the host key, and who they are in Slack'),
  minimum: z
    .strictObject({
      normal: z.int().min(1).default(1).describe('For every operation'),
      'break-glass': z.int().min(1).default(1).describe('For one under break-glass'),
    })
    .prefault({})
    .describe('The fewest chat approvals without which this host refuses, whatever a policy says'),
  sandbox: SandboxConfig.describe('Throwaway databases'),
  targets: z
    .record(Name, TargetConfig)
    .refine((targets) => Object.keys(targets).length > 0, 'at least one target')
    .describe('The databases that this host looks after'),
});
export type RunnerConfig = z.infer<typeof RunnerConfig>;
