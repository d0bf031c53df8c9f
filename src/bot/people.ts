import type { Role } from '../config/bot-config.ts';
import type { Account, Slack } from '../slack/slack.ts';

/** Why an account cannot decide anything, as a code of the catalogue; null when it can. */
export function unfit(account: Account): 'deactivated' | 'bot_account' | 'stranger' | 'guest' | null {
  if (account.deactivated) return 'deactivated';
  if (account.bot) return 'bot_account';
  if (account.stranger) return 'stranger';
  return account.guest ? 'guest' : null;
}

/**
 * Which of `wanted` roles a person holds, asked of Slack now. Nothing is cached: what was true a minute
 * ago does not turn a key.
 *
 * @throws SlackError when Slack does not say; the caller treats that as no.
 */
export async function rolesOf(
  slack: Slack,
  roles: Readonly<Record<string, Role>>,
  wanted: readonly string[],
  person: string,
): Promise<string[]> {
  const held = await Promise.all(
    wanted.map(async (name) => ((await holds(slack, roles[name], person)) ? [name] : [])),
  );
  return held.flat();
}

async function holds(slack: Slack, role: Role | undefined, person: string): Promise<boolean> {
  if (role === undefined) return false;
  if (role.users.includes(person)) return true;
  const groups = await Promise.all(role.groups.map((group) => slack.groupMembers(group)));
  return groups.some((members) => members.includes(person));
}
