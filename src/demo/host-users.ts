import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** A Unix user that a program can be run as. */
export interface HostUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Further groups. */
  readonly groups: readonly number[];
}

export interface HostUsers {
  /** `same-user`: not root, so everything runs as one person, and the host key is only played. */
  readonly mode: 'separate' | 'same-user';
  readonly bot: HostUser;
  readonly runner: HostUser;
  readonly operator: HostUser;
  readonly operators: { readonly name: string; readonly gid: number };
  /** Removes what was made; safe to call twice. @throws Error that names what is left, and why. */
  remove(): Promise<void>;
}

/** In the comment field: by this a later demo knows a leftover from a real installation's user. */
const COMMENT = 'Made by twokey demo';
const REMOVE_MS = 10_000;
const LOCKED_MS = 10_000;

/**
 * Under root: the users `<prefix>-bot`, `-runner` and `-operator`, and the group `<prefix>-operators` with
 * runner and operator in it (the runner hands files to that group). Else this program's own user thrice.
 *
 * @param stillNeeded true while another demo on this host uses them: then `remove` leaves them to it.
 * @throws Error when such a user exists that no demo has made: it may have rights that a demo must not use.
 */
export async function ensureHostUsers(
  prefix = 'twokey',
  stillNeeded: () => Promise<boolean> = async () => false,
): Promise<HostUsers> {
  if (userInfo().uid !== 0) return await sameUser();
  const group = `${prefix}-operators`;
  for (const name of userNames(prefix)) await refuseForeign(name);
  const operators = { name: group, gid: await ensureGroup(group) };
  const [bot, runner, operator] = [
    await ensureUser(`${prefix}-bot`, []),
    await ensureUser(`${prefix}-runner`, [operators]),
    await ensureUser(`${prefix}-operator`, [operators]),
  ];
  const remove = async (): Promise<void> => {
    if (!(await stillNeeded())) await removeHostUsers(prefix);
  };
  return { mode: 'separate', bot, runner, operator, operators, remove };
}

/** The arguments that run a program as this user and its groups; under another user's name only as root. */
export function runAs(
  user: HostUser,
  program: string,
  args: readonly string[],
): { file: string; args: string[] } {
  if (userInfo().uid === user.uid) return { file: program, args: [...args] };
  const groups = user.groups.length > 0 ? ['--groups', user.groups.join(',')] : ['--clear-groups'];
  const identity = ['--reuid', String(user.uid), '--regid', String(user.gid), ...groups];
  return { file: 'setpriv', args: [...identity, '--no-new-privs', '--', program, ...args] };
}

/** The numbers of the users that a demo made and that are still there. */
export async function demoUserIds(prefix = 'twokey'): Promise<number[]> {
  const found = await Promise.all(userNames(prefix).map(lookUp));
  return found.flatMap((user) => (user?.comment === COMMENT ? [user.uid] : []));
}

function userNames(prefix: string): string[] {
  return ['operator', 'runner', 'bot'].map((role) => `${prefix}-${role}`);
}

/** Removes the users that a demo made, waiting a little for their last processes to end. */
export async function removeHostUsers(prefix = 'twokey'): Promise<void> {
  const left: string[] = [];
  for (const name of userNames(prefix)) {
    const user = await lookUp(name);
    if (user === null || user.comment !== COMMENT) continue;
    const failure = await insist('userdel', [name], REMOVE_MS);
    if (failure !== null) left.push(`user ${name} (${failure})`);
  }
  const group = `${prefix}-operators`;
  if (left.length === 0 && (await groupId(group)) !== null && (await lookUp(`${prefix}-operator`)) === null) {
    const failure = await insist('groupdel', [group], REMOVE_MS);
    if (failure !== null) left.push(`group ${group} (${failure})`);
  }
  if (left.length > 0)
    throw new Error(`Still on this host: ${left.join(', ')}. Remove with userdel and groupdel`);
}

async function sameUser(): Promise<HostUsers> {
  const { username, uid, gid } = userInfo();
  const self: HostUser = { name: username, uid, gid, groups: process.getgroups?.() ?? [] };
  return {
    mode: 'same-user',
    bot: self,
    runner: self,
    operator: self,
    operators: { name: (await groupName(gid)) ?? String(gid), gid },
    remove: async () => {},
  };
}

async function refuseForeign(name: string): Promise<void> {
  const user = await lookUp(name);
  if (user !== null && user.comment !== COMMENT)
    throw new Error(
      `The user ${name} exists on this host and was not made by a demo. A demo under root makes its own users of that ` +
        'name and would not borrow a real one: run it as an ordinary user, or on another host',
    );
}

async function ensureUser(name: string, groups: readonly { name: string; gid: number }[]): Promise<HostUser> {
  if ((await lookUp(name)) === null) {
    const home = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
    const more = groups.length > 0 ? ['--groups', groups.map((group) => group.name).join(',')] : [];
    const failure = await insist(
      'useradd',
      ['--system', '--user-group', ...home, '--comment', COMMENT, ...more, name],
      LOCKED_MS,
    );
    if (failure !== null && (await lookUp(name)) === null)
      throw new Error(`The user ${name} could not be made: ${failure}`);
  }
  const made = await lookUp(name);
  if (made === null)
    throw new Error(`The user ${name} was made and is gone again: another demo is ending; start again`);
  return { name, uid: made.uid, gid: made.gid, groups: groups.map(({ gid }) => gid) };
}

async function ensureGroup(name: string): Promise<number> {
  if ((await groupId(name)) === null) {
    const failure = await insist('groupadd', ['--system', name], LOCKED_MS);
    if (failure !== null && (await groupId(name)) === null)
      throw new Error(`The group ${name} could not be made: ${failure}`);
  }
  const gid = await groupId(name);
  if (gid === null)
    throw new Error(`The group ${name} was made and is gone again: another demo is ending; start again`);
  return gid;
}

/** Again while /etc/passwd is locked by somebody, or the user's processes still end. @returns the last reason. */
async function insist(program: string, args: readonly string[], patienceMs: number): Promise<string | null> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { exitCode, stderr, message } = await execa(program, args, { timeout: 20_000, reject: false });
    if (exitCode === 0) return null;
    const passing = /cannot lock|try again|currently used by process/.test(stderr);
    if (!passing || performance.now() > deadline) return stderr.trim() || message || 'no reason given';
    await sleep(100);
  }
}

async function lookUp(name: string): Promise<{ uid: number; gid: number; comment: string } | null> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = lines.find(([user]) => user === name);
  return found ? { uid: Number(found[2]), gid: Number(found[3]), comment: found[4] ?? '' } : null;
}

async function groupId(name: string): Promise<number | null> {
  const found = (await groups()).find(([group]) => group === name);
  return found ? Number(found[2]) : null;
}

async function groupName(gid: number): Promise<string | null> {
  return (await groups()).find(([, , id]) => id === String(gid))?.[0] ?? null;
}

async function groups(): Promise<string[][]> {
  return (await readFile('/etc/group', 'utf8')).split('\n').map((line) => line.split(':'));
}
