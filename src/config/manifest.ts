import type { AppsManifestCreateArguments } from '@slack/web-api';
import type { Command, CommandArgument } from './command.ts';
import { BUILT_IN_COMMANDS } from './commands-built-in.ts';

export type Manifest = Exclude<AppsManifestCreateArguments['manifest'], string>;

type SlashCommand = NonNullable<NonNullable<Manifest['features']>['slash_commands']>[number];

/**
 * The Slack app that these commands need: what is pasted at api.slack.com to make it.
 *
 * @param http where Slack reaches the bot, `https://ops.example.com`; null for Socket Mode.
 * @throws RangeError when Slack would refuse it, with every reason.
 */
export function appManifest(commands: readonly Command[], http: string | null): Manifest {
  const url = http === null ? null : new URL('/slack/events', http).href;
  const manifest = {
    display_information: {
      name: 'Twokey',
      description: 'Database restores behind two keys: one turned in chat, one on the host.',
      long_description: LONG_DESCRIPTION,
      background_color: '#1d2a3a',
    },
    features: {
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: false,
        messages_tab_read_only_enabled: true,
      },
      bot_user: { display_name: 'twokey', always_online: true },
      slash_commands: slashCommands(commands).map((command) => ({
        ...command,
        ...(url === null ? {} : { url }),
      })),
    },
    oauth_config: { scopes: { bot: [...BOT_SCOPES] } },
    settings: {
      event_subscriptions: { ...(url === null ? {} : { request_url: url }), bot_events: [...BOT_EVENTS] },
      interactivity: { is_enabled: true, ...(url === null ? {} : { request_url: url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: http === null,
      token_rotation_enabled: false,
    },
  } satisfies Manifest;
  refuseTooLong(manifest);
  return manifest;
}

/** What each is for stands in docs/configuration.md. */
const BOT_SCOPES = [
  'app_mentions:read',
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:history',
  'groups:read',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
] as const;

const BOT_EVENTS = [
  'app_mention',
  'app_uninstalled',
  'member_joined_channel',
  'reaction_added',
  'reaction_removed',
  'subteam_members_changed',
  'tokens_revoked',
] as const;

const LONG_DESCRIPTION = [
  'Twokey runs the procedures of the worst hour: restore tests, restores, resets.',
  'Nothing destructive runs until two keys are turned by two people: approvals in this workspace, and a file that an operator puts on the host of the database.',
  'Every step is shown as it happens and ends in an audit record that can be verified offline.',
].join(' ');

/** Slack knows one command by its first word; what follows it is ours. */
function slashCommands(commands: readonly Command[]): SlashCommand[] {
  const all = [...commands, ...BUILT_IN_COMMANDS];
  return [...new Set(all.map(({ name }) => name))].sort().map((name) => {
    const under = all.filter((command) => command.name === name);
    const [only] = under.length === 1 ? under : [];
    return {
      command: name,
      description:
        only?.summary ??
        `${under.map(({ words }) => words.join(' ')).join(', ')}: \`${name} help\` tells more`,
      usage_hint: under.map((command) => [...command.words, usage(command)].join(' ').trim()).join(' | '),
      should_escape: true,
    };
  });
}

function usage(command: Pick<Command, 'args'> | { readonly usage: string }): string {
  return 'usage' in command ? command.usage : command.args.map(argumentUsage).join(' ');
}

/** `<target>` for what is told by its place, `[backup=latest]` for what may be left out. */
export function argumentUsage({ name, type, default: fallback }: CommandArgument): string {
  if (type === 'target') return `<${name}>`;
  if (type === 'flag') return `[${name}]`;
  return fallback === null ? `${name}=…` : `[${name}=${fallback}]`;
}

/** Slack's own caps, from its published manifest schema. */
function refuseTooLong({
  display_information: about,
  features: { slash_commands: commands },
}: {
  readonly display_information: {
    readonly name: string;
    readonly description: string;
    readonly long_description: string;
  };
  readonly features: { readonly slash_commands: readonly SlashCommand[] };
}): void {
  const lengths = [
    { what: 'name', text: about.name, most: 35 },
    { what: 'description', text: about.description, most: 140 },
    { what: 'long_description', text: about.long_description, most: 4000 },
    ...commands.flatMap(({ command, description, usage_hint: hint }) => [
      { what: 'a command', text: command, most: 32 },
      { what: `the description of ${command}`, text: description, most: 2000 },
      { what: `the usage hint of ${command}`, text: hint ?? '', most: 1000 },
    ]),
  ];
  const problems = lengths
    .filter(({ text, most }) => text.length > most)
    .map(({ what, text, most }) => `${what} has ${text.length} characters, Slack takes ${most}: ${text}`);
  if (commands.length > 50) problems.push(`${commands.length} slash commands, Slack takes 50`);
  if (problems.length > 0) throw new RangeError(`Slack would refuse this manifest:\n${problems.join('\n')}`);
}
