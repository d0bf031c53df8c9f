import type { Role } from '../../config/bot-config.ts';
import type { RequiredApproval } from '../../operation/approval.ts';
import type { Operation, State } from '../../operation/operation.ts';

const HEADS: Readonly<Record<State, string>> = {
  requested: ':hourglass_flowing_sand: Asked for',
  preflight: ':mag: Being looked at',
  awaiting_approval: ':raised_hand: Needs approval',
  awaiting_host_key: ':key: Approved, needs the host key',
  countdown: ':hourglass_flowing_sand: Starts in a moment',
  running: ':arrow_forward: Running',
  rolling_back: ':leftwards_arrow_with_hook: Undoing',
  succeeded: ':white_check_mark: Succeeded',
  rejected: ':no_entry: Rejected',
  expired: ':hourglass: Expired',
  cancelled: ':no_entry_sign: Cancelled',
  failed: ':x: Failed',
  rolled_back: ':leftwards_arrow_with_hook: Undone',
  unknown: ':rotating_light: Unknown: a person has to look',
  stuck: ':rotating_light: Stuck: a person has to act',
};

const VERDICTS: Readonly<Record<string, string>> = {
  verified: ':white_check_mark: Backup verified',
  backup_not_verified: ':x: Backup not verified',
  could_not_check: ':warning: Could not be checked',
};

/** The first words of every message about an operation. */
export function headline({ state, verdict }: Operation): string {
  return (verdict === null ? undefined : VERDICTS[verdict]) ?? HEADS[state];
}

/** `1 of @db-approvers` for each part of the chat key. */
export function whoApproves(
  required: readonly RequiredApproval[],
  roles: Readonly<Record<string, Role>>,
): string {
  return required.map(({ role, count }) => `${count} of ${mention(role, roles[role])}`).join(' and ');
}

function mention(name: string, role: Role | undefined): string {
  const people = [
    ...(role?.groups ?? []).map((group) => `<!subteam^${group}>`),
    ...(role?.users ?? []).map((user) => `<@${user}>`),
  ];
  return people.length === 0 ? `\`${name}\`` : people.join(', ');
}
