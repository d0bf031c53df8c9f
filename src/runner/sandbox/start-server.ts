import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';
import type { Launch } from './isolation.ts';
import { asServerUser, type ServerUser } from './os-user.ts';
import type { Layout } from './place.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

interface Start {
  readonly layout: Layout;
  readonly bin: string;
  readonly user: ServerUser;
  readonly launch: Launch;
  readonly signal: AbortSignal;
}

/**
 * Starts the server in a session of its own: a sandbox outlives the runner's restart, and is found again
 * by its record. Refuses with `sandbox_start`, quoting the server's log, when it does not get ready.
 */
export async function startServer({ layout, bin, user, launch, signal }: Start): Promise<void> {
  const log = await open(layout.serverLog, 'a', 0o640);
  const program = [
    join(bin, 'postgres'),
    '-c',
    `config_file=${join(layout.configuration, 'postgresql.conf')}`,
  ];
  const [command = '', ...args] = [...launch.prefix, ...program, '-D', layout.data];
  let ended = false;
  try {
    // Not execa: it would carry the log through this process, and the server outlives it.
    const server = spawn(command, args, {
      ...(launch.isolated ? {} : asServerUser(user)),
      cwd: '/',
      env: ENVIRONMENT,
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    server.on('exit', () => {
      ended = true;
    });
    server.on('error', () => {
      ended = true;
    });
    server.unref();
    await untilReady(layout, signal, () => ended);
  } finally {
    await log.close();
  }
}

/** The server writes its state into the eighth line of its pid file. */
async function untilReady(layout: Layout, signal: AbortSignal, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    signal.throwIfAborted();
    const file = await readFile(join(layout.data, 'postmaster.pid'), 'utf8').catch(() => '');
    if (file.split('\n')[7]?.trim() === 'ready') return;
    if (ended() || Date.now() > deadline) {
      const said = (await readFile(layout.serverLog, 'utf8')).trim().split('\n').at(-1) || 'nothing';
      throw new Refusal(
        'sandbox_start',
        `The throwaway server did not get ready; it said: ${said}`,
        'Its disk, its memory limits (shm, ulimit) and its directory are the usual reasons.',
      );
    }
    await sleep(POLL_MS);
  }
}
