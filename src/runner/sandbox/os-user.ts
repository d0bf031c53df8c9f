import { userInfo } from 'node:os';
import { execa } from 'execa';
import { Refusal } from '../refusal.ts';

/** Debian's user for PostgreSQL, used when the runner is root, as whom no server starts. */
const UNPRIVILEGED_USER = 'postgres';

/** The OS user that a sandbox's server runs as. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** True when the runner is root and its servers are not. */
  readonly dropsRoot: boolean;
}

/** The runner's own user, or `postgres` when that is root. Refuses with `server_user` when there is none. */
export async function serverUser(): Promise<ServerUser> {
  const own = runnerUser();
  if (own.uid !== 0) return { ...own, dropsRoot: false };
  try {
    const [uid, gid] = await Promise.all([idOf('-u'), idOf('-g')]);
    return { name: UNPRIVILEGED_USER, uid, gid, dropsRoot: true };
  } catch {
    throw new Refusal(
      'server_user',
      `PostgreSQL does not run as root, and this host has no user ${UNPRIVILEGED_USER}.`,
      'Run this as an unprivileged user, or install the package postgresql-common, which makes that user.',
    );
  }
}

/** Who this process is. Refuses with `server_user` when the uid has no name, without which peer authentication cannot work. */
export function runnerUser(): { readonly name: string; readonly uid: number; readonly gid: number } {
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  } catch {
    throw new Refusal(
      'server_user',
      `The uid ${process.getuid?.() ?? '?'} that this process runs as has no name on this host.`,
      'Give it an entry in /etc/passwd: PostgreSQL recognises people by their user names.',
    );
  }
}

/** Options for a child process that must not run as root. */
export function asServerUser(user: ServerUser): { uid?: number; gid?: number } {
  return user.dropsRoot ? { uid: user.uid, gid: user.gid } : {};
}

async function idOf(flag: '-u' | '-g'): Promise<number> {
  const { stdout } = await execa('id', [flag, UNPRIVILEGED_USER], {
    extendEnv: false,
    env: { PATH: '/usr/bin:/bin' },
    timeout: 10_000,
  });
  return Number(stdout);
}
