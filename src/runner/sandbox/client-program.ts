import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { Refusal } from '../refusal.ts';
import { RESTORE_LOG } from './place.ts';
import type { Sandbox } from './sandbox.ts';

const KILL_AFTER_MS = 2_000;

/** How pg_restore or psql is to be run against a sandbox. */
export interface ClientProgram {
  readonly sandbox: Sandbox;
  readonly program: 'pg_restore' | 'psql';
  readonly args: readonly string[];
  /** `twokey:OP-7F3K:restore`. */
  readonly application: string;
  readonly input?: Readable;
  readonly runAs?: { readonly uid?: number; readonly gid?: number };
  readonly signal: AbortSignal;
  /** Each line of stderr. */
  readonly onLine: (line: string) => void;
  readonly onStart?: (pid: number) => void;
}

/**
 * Runs it in a process group of its own that ends as a whole when the signal aborts, standing in the
 * sandbox's directory, where removing the sandbox finds it. Everything it says goes to the restore's log.
 * Resolves with the exit code, null when a signal ended it; rejects when aborted.
 */
export async function runClientProgram(request: ClientProgram): Promise<number | null> {
  const { sandbox, signal } = request;
  signal.throwIfAborted();
  const log = await openLog(sandbox);
  const child = execa(join(sandbox.clientBin, request.program), request.args, {
    ...request.runAs,
    cwd: sandbox.directory,
    env: environment(request),
    extendEnv: false,
    ...(request.input ? { input: request.input } : { stdin: 'ignore' }),
    stdout: 'ignore',
    buffer: false,
    detached: true,
    reject: false,
  });
  if (child.pid === undefined) {
    log.end();
    throw await neverStarted(child, request);
  }
  const leader = child.pid;
  const stop = () => endGroup(leader);
  signal.addEventListener('abort', stop, { once: true });
  try {
    request.onStart?.(leader);
    for await (const line of createInterface({ input: child.stderr })) {
      log.write(`${line}\n`);
      request.onLine(line);
    }
    const { exitCode } = await child;
    signal.throwIfAborted();
    return exitCode ?? null;
  } finally {
    signal.removeEventListener('abort', stop);
    if (child.exitCode === null && child.signalCode === null) stop();
    log.end();
    await finished(log);
  }
}

/** It may quote rows, so it is for those who may see the sandbox itself. */
async function openLog({ directory, record }: Sandbox): Promise<Writable> {
  const file = await open(join(directory, RESTORE_LOG), 'a', 0o640);
  await file.chown(process.getuid?.() ?? 0, record.operatorsGid);
  return file.createWriteStream();
}

async function neverStarted(
  child: PromiseLike<{ readonly shortMessage?: string | undefined }>,
  { sandbox, program }: ClientProgram,
) {
  const { shortMessage } = await child;
  return new Refusal(
    'client_programs',
    `${join(sandbox.clientBin, program)} could not be started: ${shortMessage ?? 'unknown reason'}`,
    'Install PostgreSQL’s client programs again, and restore again.',
  );
}

function environment({ sandbox, application }: ClientProgram): Record<string, string> {
  const { host, port, superuser, database } = sandbox.connection;
  return {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: superuser,
    PGDATABASE: database,
    PGAPPNAME: application,
    PGCONNECT_TIMEOUT: '15',
    PGOPTIONS: '-c client_min_messages=warning',
    // Nothing here has a password; a path that does not exist is passed over in silence.
    PGPASSFILE: join(sandbox.directory, 'no-passwords'),
  };
}

/** The program and its workers: politely first, then for good. */
function endGroup(leader: number): void {
  const send = (name: NodeJS.Signals) => {
    try {
      process.kill(-leader, name);
    } catch {
      // The whole group has ended.
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), KILL_AFTER_MS).unref();
}
