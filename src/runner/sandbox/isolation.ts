import { execa } from 'execa';
import type { ServerUser } from './os-user.ts';

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** How a sandbox's server is started. */
export interface Launch {
  /** Words before the server's own program and arguments. */
  readonly prefix: readonly string[];
  /** True when the server has no network at all, so that nothing restored can reach out from it. */
  readonly isolated: boolean;
}

/**
 * Root can give the server a network of its own with nothing in it: foreign tables, `dblink` and untrusted
 * functions of the restored database then reach nobody. An unprivileged runner cannot without changing
 * the uids that peer authentication sees.
 */
export async function networkIsolation(user: ServerUser): Promise<Launch> {
  if (!user.dropsRoot) return { prefix: [], isolated: false };
  const become = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
  const prefix = ['unshare', '--net', '--', 'setpriv', ...become, '--no-new-privs', '--'];
  const [command = '', ...rest] = prefix;
  const probe = await execa(command, [...rest, 'true'], {
    env: ENVIRONMENT,
    extendEnv: false,
    timeout: 10_000,
    reject: false,
  });
  return probe.failed ? { prefix: [], isolated: false } : { prefix, isolated: true };
}
