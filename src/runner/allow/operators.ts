import { execa } from 'execa';
import type { RunnerConfig } from '../../config/runner-config.ts';
import { Refusal } from '../refusal.ts';

const LOOKUP_MS = 5_000;
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** An account of this host, as the name service has it now. */
export interface Account {
  readonly user: string;
  /** Every group that it is in. */
  readonly gids: readonly number[];
}

/** Asks the name service anew, so that a person who left the group a minute ago is out. Null: no such account. */
export async function accountOf(uid: number): Promise<Account | null> {
  const entry = await ask('getent', ['passwd', String(uid)]);
  const user = entry?.split(':')[0];
  if (user === undefined || user === '') return null;
  const gids = await ask('id', ['-G', '--', user]);
  return gids === null ? null : { user, gids: gids.split(' ').map(Number) };
}

/** The gid of a group by name; null when there is none. */
export async function groupId(name: string): Promise<number | null> {
  const gid = Number((await ask('getent', ['group', name]))?.split(':')[2] ?? Number.NaN);
  return Number.isInteger(gid) ? gid : null;
}

/** The accounts of all mapped operators, for what they may look at. Uids without an account are left out. */
export async function operatorUsers({ operators }: RunnerConfig): Promise<string[]> {
  const accounts = await Promise.all(operators.map(({ uid }) => accountOf(uid)));
  return accounts.flatMap((account) => (account === null ? [] : [account.user]));
}

/** Null when the program says that there is no such entry. */
async function ask(program: string, args: readonly string[]): Promise<string | null> {
  const { stdout, exitCode, timedOut } = await execa(program, args, {
    env: ENVIRONMENT,
    extendEnv: false,
    reject: false,
    timeout: LOOKUP_MS,
    stdin: 'ignore',
  });
  if (exitCode === 0) return stdout.trim();
  if (exitCode !== undefined && !timedOut) return null;
  throw new Refusal(
    'accounts_unreadable',
    `The accounts of this host could not be read: ${program} ${timedOut ? 'did not answer' : 'could not be run'}.`,
    'Look at the name service (nsswitch.conf, sssd) of the host.',
  );
}
