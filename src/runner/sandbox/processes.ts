import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';
import type { ProcessIdentity } from './record.ts';

const POLL_MS = 20;
/** An immediate shutdown kills its own stragglers after five seconds. */
const SHUTDOWN_MS = 8_000;
const KILL_MS = 5_000;

/** The identity of a running process; null when there is none. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field, a name in parentheses, may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    return ticks === undefined || state === 'Z' ? null : { pid, start: `${boot.trim()}:${ticks}` };
  } catch {
    return null;
  }
}

/** Whether exactly this process still runs. */
export async function isRunning(process: ProcessIdentity): Promise<boolean> {
  return (await identify(process.pid))?.start === process.start;
}

/**
 * The server whose data directory this is. Its own pid file is not believed alone: the process must
 * stand in that directory, which every server does and a stranger with the same number does not.
 */
export async function postmasterOf(dataDirectory: string): Promise<ProcessIdentity | null> {
  const file = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(file?.split('\n')[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return null;
  if ((await workingDirectory(pid)) !== (await realpath(dataDirectory).catch(() => null))) return null;
  return identify(pid);
}

/** Every process that stands somewhere below the directory. */
export async function processesIn(directory: string): Promise<number[]> {
  const root = await realpath(directory).catch(() => null);
  if (root === null) return [];
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const standing = await Promise.all(
    numbers.map(async (pid) => {
      const place = await workingDirectory(pid);
      return place === root || place?.startsWith(`${root}/`) ? [pid] : [];
    }),
  );
  return standing.flat();
}

/**
 * Stops the server of `dataDirectory` at once and ends whatever still stands below `directory`.
 * Refuses with `sandbox_still_running` when something survives even SIGKILL.
 */
export async function endProcesses(directory: string, dataDirectory: string): Promise<void> {
  const postmaster = await postmasterOf(dataDirectory);
  if (postmaster) {
    signal(postmaster.pid, 'SIGQUIT');
    if (await none(directory, SHUTDOWN_MS)) return;
  }
  for (const pid of await processesIn(directory)) signal(pid, 'SIGKILL');
  if (await none(directory, KILL_MS)) return;
  const left = await processesIn(directory);
  throw new Refusal(
    'sandbox_still_running',
    `Processes of the sandbox ${directory} do not end: ${left.join(', ')}.`,
    'Look at them on the host with ps, end them there, and remove the sandbox again.',
  );
}

async function none(directory: string, deadlineMs: number): Promise<boolean> {
  const deadline = Date.now() + deadlineMs;
  while ((await processesIn(directory)).length > 0) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in the meantime.
  }
}

function workingDirectory(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}
