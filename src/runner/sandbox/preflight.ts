import prettyBytes from 'pretty-bytes';
import type { BackupRef } from '../../actions/backup.ts';
import type { SandboxConfig } from '../../config/runner-config.ts';
import type { Check } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { choosePostgres } from './choose.ts';
import { findInstallations } from './installations.ts';
import { networkIsolation } from './isolation.ts';
import { listSandboxes } from './lifetime.ts';
import { availableMemory, freeDisk } from './means.ts';
import { serverUser } from './os-user.ts';
import { checkPlace, closedParent, nearestParent, requirePlace } from './place.ts';
import { sandboxName } from './sandbox.ts';

/** Room for temporary files of index builds and for a guess that was too low. */
const DISK_MARGIN = 1.3;
const DISK_FLOOR_BYTES = 256 * 1024 * 1024;
const LITTLE_MEMORY_BYTES = 512 * 1024 * 1024;

/** Whether this host can hold and serve a restored copy of the backup. Changes nothing. */
export async function checkSandbox(
  config: SandboxConfig,
  backup: BackupRef,
  operation: string,
): Promise<readonly Check[]> {
  const programs = choosePostgres(await findInstallations(config.postgres), backup).checks;
  const rest = await Promise.all([
    answered('sandbox_directory', () => checkDirectory(config, operation)),
    answered('server_user', () => checkServerUser(config)),
    answered('disk_space', () => checkDisk(config, backup)),
    answered('memory', checkMemory),
    answered('sandbox_slot', () => checkSlot(config, operation)),
  ]);
  return [...programs, ...rest.flat()];
}

async function checkDirectory(config: SandboxConfig, operation: string): Promise<Check> {
  requirePlace(config.directory, sandboxName(operation));
  await checkPlace(config.directory);
  return { code: 'sandbox_directory', outcome: 'pass', text: `Sandboxes are made in ${config.directory}.` };
}

async function checkServerUser(config: SandboxConfig): Promise<readonly Check[]> {
  const user = await serverUser();
  const closed = await closedParent(config.directory, user);
  if (closed !== null) {
    const text = `The throwaway server runs as ${user.name}, who may not pass ${closed}. Run: chmod o+x ${closed}`;
    return [{ code: 'server_user', outcome: 'fail', text }];
  }
  const text = `The throwaway server runs as ${user.name}.`;
  return [
    { code: 'server_user', outcome: 'pass', text },
    networkCheck((await networkIsolation(user)).isolated),
  ];
}

function networkCheck(isolated: boolean): Check {
  return isolated
    ? { code: 'network_isolation', outcome: 'pass', text: 'The throwaway server has no network at all.' }
    : {
        code: 'network_isolation',
        outcome: 'warn',
        text: 'The throwaway server listens on no network, but what is restored (foreign tables, dblink) could reach out: only a runner started as root can cut that off.',
      };
}

async function checkDisk(config: SandboxConfig, backup: BackupRef): Promise<Check> {
  const free = await freeDisk(await nearestParent(config.directory));
  const need = Math.ceil(backup.restoredBytes * DISK_MARGIN) + DISK_FLOOR_BYTES;
  const seen = `${prettyBytes(free)} free in ${config.directory}, about ${prettyBytes(need)} needed`;
  return free >= need
    ? { code: 'disk_space', outcome: 'pass', text: `${seen}.` }
    : {
        code: 'disk_space',
        outcome: 'fail',
        text: `${seen}: make room there, or set sandbox.directory to a larger disk.`,
      };
}

async function checkMemory(): Promise<Check> {
  const memory = await availableMemory();
  const text = `${prettyBytes(memory)} of memory available.`;
  return memory >= LITTLE_MEMORY_BYTES
    ? { code: 'memory', outcome: 'pass', text }
    : { code: 'memory', outcome: 'warn', text: `Only ${text} The restore will be slow.` };
}

/** Whether one more may run at once. */
export async function checkSlot(config: SandboxConfig, operation: string): Promise<Check> {
  const others = (await listSandboxes(config)).filter(({ name }) => name !== sandboxName(operation));
  const text = `${others.length} of ${config.slots} sandboxes are up`;
  if (others.length < config.slots) return { code: 'sandbox_slot', outcome: 'pass', text: `${text}.` };
  const names = others.map(({ name, expiresAt }) => `${name} until ${expiresAt}`).join(', ');
  return {
    code: 'sandbox_slot',
    outcome: 'fail',
    text: `${text}: ${names}. Remove one, or wait until its time is over.`,
  };
}

/** A check that refuses has failed; one that breaks has not run. */
async function answered(
  code: string,
  check: () => Promise<Check | readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    if (error instanceof Refusal) {
      return [{ code: error.code, outcome: 'fail', text: `${error.message} ${error.hint}` }];
    }
    const why = error instanceof Error ? error.message : String(error);
    return [{ code, outcome: 'not-run', text: `This could not be checked: ${why}` }];
  }
}
