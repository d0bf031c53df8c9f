import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../error-code.ts';
import { Refusal } from '../refusal.ts';

/** A holder that this process cannot look at is given up after its file was not touched for so long. */
const UNTOUCHED_MS = 60_000;
const TOUCH_EVERY_MS = 10_000;

/** Who holds a journal: enough to tell a living holder from a pid that was given to somebody else. */
const Holder = z.strictObject({
  host: z.string(),
  boot: z.string(),
  /** Pids mean something only inside one pid namespace. */
  namespace: z.string(),
  pid: z.int().positive(),
  /** Clock ticks from boot to the start of the process. */
  start: z.string(),
});
type Holder = z.infer<typeof Holder>;

export interface Lock {
  release(): void;
}

/**
 * Takes the lock file of a state directory, which reaches where the abstract socket of
 * {@link holdName} does not: other network namespaces. A lock of a dead holder is taken over.
 *
 * @throws Refusal `journal_in_use`
 */
export function lockDirectory(directory: string): Lock {
  const path = join(directory, 'journal.lock');
  const own = join(directory, `journal.lock.${process.pid}`);
  writeFileSync(own, JSON.stringify(ownHolder()), { mode: 0o600 });
  try {
    if (!linked(own, path)) {
      clearDead(path, `${own}.dead`);
      if (!linked(own, path)) throw inUse('another runner took it at this moment');
    }
  } finally {
    rmSync(own, { force: true });
  }
  const touching = setInterval(() => touch(path), TOUCH_EVERY_MS);
  touching.unref();
  return {
    release() {
      clearInterval(touching);
      rmSync(path, { force: true });
    },
  };
}

/**
 * Holds a journal's name as an abstract socket, which the kernel frees with the process, however it ends.
 *
 * @throws Refusal `journal_in_use`
 */
export async function holdName(journal: string): Promise<{ release(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(inUse(`the socket of its name is taken (${error.message})`)));
    server.listen(`\0twokey-${journal}`, resolve);
  });
  server.on('error', () => {});
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The dead lock is moved away and looked at once more: another starter may have put its own there. */
function clearDead(path: string, aside: string): void {
  const seen = holderOf(path);
  if (seen !== null && isAlive(seen, path)) throw inUse(`process ${seen.pid} on ${seen.host} holds it`);
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = holderOf(aside);
  if (JSON.stringify(moved) !== JSON.stringify(seen)) {
    linked(aside, path);
    rmSync(aside, { force: true });
    throw inUse('another runner took it at this moment');
  }
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder, path: string): boolean {
  const self = ownHolder();
  const sameHost = holder.host === self.host;
  if (sameHost && holder.boot !== self.boot) return false;
  if (sameHost && holder.namespace === self.namespace) return startOf(holder.pid) === holder.start;
  return Date.now() - statSync(path).mtimeMs < UNTOUCHED_MS;
}

function holderOf(path: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function ownHolder(): Holder {
  return {
    host: hostname(),
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/pid'),
    pid: process.pid,
    start: startOf(process.pid) ?? '0',
  };
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold blanks and brackets. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The lock is judged by its holder as long as that can be looked at.
  }
}

function inUse(seen: string): Refusal {
  return new Refusal(
    'journal_in_use',
    `This runner's journal is in use: ${seen}.`,
    'Two runners on one journal could do a step twice. Stop the other one, or wait until it has ended.',
  );
}
