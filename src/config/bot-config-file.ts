import { z } from 'zod';
import { Name } from './name.ts';
import { PublicKey } from './public-key.ts';

const ChannelId = z
  .string()
  .regex(
    /^[CG][A-Z0-9]{2,}$/,
    'the id of a channel, such as C012AB3CD (in Slack: channel details, at the bottom)',
  );
const Path = z.string().min(1);
const Port = z.int().min(0).max(65_535);

/** What may stand in `twokey.yml`. Secrets have no place in it: they come from the environment. */
export const BotConfigFile = z.strictObject({
  installation: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$/,
      'lower-case letters, digits, dots, dashes and slashes, at most 63',
    )
    .describe('Names this installation in its audit log, such as ops.example.com/twokey; never change it'),
  slack: z
    .strictObject({
      mode: z
        .enum(['socket', 'http'])
        .describe('How events come: a connection from here, or requests to here'),
      'api-url': z
        .url({ protocol: /^https?$/, error: 'an http:// or https:// address' })
        .optional()
        .describe("The Web API, when it is not Slack's own"),
      http: z
        .strictObject({
          host: z.string().min(1).describe('Address to listen on'),
          port: Port.describe('Port to listen on'),
        })
        .optional()
        .describe('Where requests from Slack arrive, for mode http'),
    })
    .describe('The connection with Slack'),
  channels: z
    .strictObject({
      operations: z.array(ChannelId).min(1).describe('Where commands may be given'),
      audit: ChannelId.describe('Where outcomes and checkpoints are posted'),
      ops: ChannelId.optional().describe('Where warnings go; default: the audit channel'),
    })
    .describe('Channels, by id'),
  roles: z
    .record(
      Name,
      z.strictObject({
        groups: z
          .array(z.string().regex(/^S[A-Z0-9]{2,}$/, 'the id of a user group, such as S012AB3CD'))
          .default([])
          .describe('Slack user groups, whose live members have the role'),
        users: z
          .array(z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'the id of a user, such as U012AB3CD'))
          .default([])
          .describe('Single people'),
      }),
    )
    .describe('Who is who, by the names that policies use'),
  targets: z
    .record(
      Name,
      z.strictObject({
        runner: Name.describe('The one runner that it belongs to'),
        environment: Name.describe('Shown on every card'),
        'policy-overrides': z
          .record(z.string(), Name)
          .default({})
          .describe('Title of a command → the policy that it needs on this target'),
      }),
    )
    .describe('The databases that commands can be about'),
  runners: z
    .record(Name, z.strictObject({ key: PublicKey.describe("The runner's public key") }))
    .describe('The hosts that may connect'),
  gateway: z
    .strictObject({
      host: z.string().min(1).describe('Address to listen on'),
      port: Port.describe('Port to listen on'),
    })
    .describe('Where runners connect to'),
  keys: z
    .strictObject({
      order: Path.describe('Private key that signs orders, a PEM file'),
      log: Path.describe("Private key that signs the audit log's checkpoints, a PEM file"),
    })
    .describe("The bot's own keys"),
  commands: Path.default('commands').describe('Directory of the command files'),
  policies: Path.default('policies').describe('Directory of the policy files'),
  engine: z.enum(['postgres', 'redis']).default('postgres').describe('What the queue is kept in'),
});
export type BotConfigFile = z.infer<typeof BotConfigFile>;
