import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import { type Self, stamp } from '../self.ts';
import { forgetConsumed } from './consume.ts';
import { directoryProblems, innerProblems, lookAtDirectory, withDirectory } from './directory.ts';
import { nameOf, publishPlan, withdrawPlan } from './hold.ts';
import { groupId } from './operators.ts';
import { pendingCodes, prepareDirectory, withdraw } from './pending.ts';

/**
 * The self-test of the host key, before anything is held.
 *
 * @throws Refusal `allow_directory` with everything that is wrong, each with the command that mends it.
 */
export async function prepareHostKey(self: Self): Promise<void> {
  const { config, uid, log } = self;
  const { directory, group } = config.allow;
  const gid = await groupId(group);
  if (gid === null)
    throw refusal(
      [`this host has no group ${group}`],
      `groupadd --system ${group}, and put the operators in it.`,
    );
  const facts = lookAtDirectory(directory);
  if (facts === null)
    throw refusal(
      [`${directory} is not there`],
      `install -d -m 3730 -o ${uid} -g ${group} ${directory} (and see RuntimeDirectory= of systemd for /run)`,
    );
  const wanted = { uid, gid, group, fileSystems: config.allow['file-systems'] };
  const problems = directoryProblems(facts, wanted);
  if (problems.length > 0) throw refusal(problems, 'Run these as root, then start the runner again.');
  prepareDirectory(directory);
  const inside = innerProblems(directory, { uid, gid });
  if (inside.length > 0) throw refusal(inside, 'Run this as root, then start the runner again.');
  if (inOwnMountNamespace())
    log.warn(
      { directory },
      'this runner has its own mounts: check that operators see the same allow directory',
    );
}

/** After a start: plans that still wait are shown again, and whatever else lies there is void and goes. */
export function restoreHeldPlans(self: Self): void {
  const { config, uid, journal } = self;
  const { directory } = config.allow;
  const taken = readdirSync(join(directory, '.consumed'));
  const live = new Set<string>();
  for (const operation of journal.state.operations.values()) {
    const { held, grant, finished } = operation;
    if (held === null) continue;
    const isTaken = taken.includes(nameOf(held));
    if (grant === null && isTaken) {
      revokeTaken(self, operation);
      withdrawPlan(self, held);
    } else if (grant === null) {
      publishPlan(self, held);
      live.add(operation.code);
    }
    if (isTaken && (grant === null || finished !== null))
      withDirectory(directory, uid, (handle) => forgetConsumed(handle, nameOf(held)));
  }
  for (const code of pendingCodes(directory)) if (!live.has(code)) withdraw(directory, code);
}

/** The runner died between taking the file and granting: nobody may use that file, not even this runner. */
function revokeTaken(self: Self, subject: { readonly operation: string; readonly code: string }): void {
  const { operation, code } = subject;
  const problem = {
    code: 'allowfile_void',
    text: 'The runner was interrupted in the moment it took the allowfile.',
    hint: 'Nothing was started. Ask anew, with new keys.',
  };
  self.journal.append({
    type: 'revoked',
    operation,
    code,
    order: null,
    problem,
    say: { ...stamp(self, subject), kind: 'allowfile_refused', problem },
  });
}

/** False also when the kernel does not let us look. */
function inOwnMountNamespace(): boolean {
  try {
    return readlinkSync('/proc/self/ns/mnt') !== readlinkSync('/proc/1/ns/mnt');
  } catch {
    return false;
  }
}

function refusal(problems: readonly string[], hint: string): Refusal {
  return new Refusal(
    'allow_directory',
    `The allow directory cannot be trusted: ${problems.join('; ')}.`,
    hint,
  );
}
