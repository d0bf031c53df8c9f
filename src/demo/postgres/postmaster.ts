import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, listProcesses, seeProcess, signal, untilEnded } from '../processes.ts';

/** The head of a running server, as its own lock file and the kernel show it. */
export interface Postmaster {
  readonly pid: number;
  readonly status: 'ready' | 'starting' | 'stopping';
  readonly port: number;
  /** Null when it listens on no socket or no address. */
  readonly socketDirectory: string | null;
  readonly listenAddress: string | null;
}

const FAST_MS = 10_000;
const IMMEDIATE_MS = 5_000;
const KILL_MS = 5_000;
const ORPHAN_MS = 3_000;

/** @returns null when no server runs on this data directory, whatever a stale lock file says. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const lock = await readLock(data);
  if (lock === null || (await identify(lock.pid)) === null) return null;
  return (await isForeign(lock.pid, data)) ? null : lock;
}

/**
 * Ends what a killed server left: backends that have not yet noticed, and a lock file whose number some
 * other process has by now (PostgreSQL itself would refuse to start for ever). Only when none runs.
 */
export async function clearOrphans(data: string): Promise<void> {
  const orphans = await backendsOf(data);
  const deaf = await untilEnded(orphans, ORPHAN_MS);
  for (const pid of deaf) signal(pid, 'SIGQUIT');
  const immortal = await untilEnded(deaf, IMMEDIATE_MS);
  if (immortal.length > 0)
    throw new Error(`Processes ${immortal.join(', ')} of a killed PostgreSQL server in ${data} do not end`);
  const lock = await readLock(data);
  if (lock === null || (await identify(lock.pid)) === null) return;
  await rm(join(data, 'postmaster.pid'), { force: true });
  if (lock.socketDirectory !== null)
    await rm(join(lock.socketDirectory, `.s.PGSQL.${lock.port}.lock`), { force: true });
}

/** Fast shutdown, then immediate, then by force, each with its deadline. */
export async function stopPostmaster(data: string): Promise<void> {
  const found = await findPostmaster(data);
  if (found === null) return;
  const backends = await backendsOf(data);
  for (const [name, deadline] of [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', KILL_MS],
  ] as const) {
    signal(found.pid, name);
    if ((await untilEnded([found.pid, ...backends], deadline)).length === 0) return;
  }
  throw new Error(`The PostgreSQL server ${found.pid} in ${data} does not end, not even when killed`);
}

/** Every process of the cluster works in its data directory, and nothing else should. */
async function backendsOf(data: string): Promise<number[]> {
  const all = await listProcesses();
  return all
    .filter(({ program, workingDirectory }) => program === 'postgres' && workingDirectory === data)
    .map(({ pid }) => pid);
}

async function isForeign(pid: number, data: string): Promise<boolean> {
  const seen = await seeProcess(pid);
  return seen !== null && seen.workingDirectory !== null && seen.workingDirectory !== data;
}

/** https://www.postgresql.org/docs/current/storage-file-layout.html: postmaster.pid */
async function readLock(data: string): Promise<Postmaster | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const [pid, , , port, socketDirectory, listenAddress, , status = 'starting'] = text.split('\n');
  if (!/^[0-9]+$/.test(pid ?? '')) return null;
  const word = status.trim();
  return {
    pid: Number(pid),
    status: word === 'ready' || word === 'stopping' ? word : 'starting',
    port: Number(port),
    socketDirectory: socketDirectory || null,
    listenAddress: listenAddress || null,
  };
}
