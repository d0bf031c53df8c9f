import { readdir, readFile, readlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code.ts';

const LINUX = platform() === 'linux';

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot; null where there is no /proc (macOS). */
  readonly startedAt: number | null;
}

/** @returns null when no such process runs; one that has ended and only waits to be reaped does not run. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  if (!LINUX) return signalReaches(pid) ? { pid, startedAt: null } : null;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : { pid, startedAt: Number(rest[18]) };
}

/** True while exactly this process runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startedAt === identity.startedAt;
}

/** Waits until every one of them has ended. @returns those still running at the deadline. */
export async function untilEnded(pids: readonly number[], deadlineMs: number): Promise<number[]> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const alive = await Promise.all(pids.map(identify));
    const running = alive.flatMap((identity) => (identity === null ? [] : [identity.pid]));
    if (running.length === 0 || performance.now() > deadline) return running;
    await sleep(20);
  }
}

/** A process as /proc shows it; what this user may not see is null or empty. */
export interface SeenProcess {
  readonly pid: number;
  readonly uid: number;
  /** The program's file, without its folder. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly workingDirectory: string | null;
}

/** Every process of this host but this one; none where there is no /proc. */
export async function listProcesses(): Promise<SeenProcess[]> {
  if (!LINUX) return [];
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  const seen = await Promise.all(pids.filter((pid) => pid !== process.pid).map(seeProcess));
  return seen.filter((one) => one !== null);
}

/** @returns null when it does not run, or where there is no /proc. */
export async function seeProcess(pid: number): Promise<SeenProcess | null> {
  const [status, exe, cmdline, cwd] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8').catch(() => null),
    readlink(`/proc/${pid}/exe`).catch(() => ''),
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
  ]);
  const uid = /^Uid:\s+([0-9]+)/m.exec(status ?? '')?.[1];
  if (uid === undefined || /^State:\s+[ZX]/m.test(status ?? '')) return null;
  const program = exe.replace(/ \(deleted\)$/, '').replace(/^.*\//, '');
  return { pid, uid: Number(uid), program, argv: cmdline.split('\0').slice(0, -1), workingDirectory: cwd };
}

/** Sends a signal; a process that has already ended is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
