import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** Who may connect to a server over its socket: these Unix users, as any of these database roles. */
export interface Access {
  readonly users: readonly string[];
  /** `all` is understood from PostgreSQL 16 on. */
  readonly roles: readonly string[];
}

/** The Unix user's name, as `peer` authentication sees it. */
export async function userName(uid: number): Promise<string> {
  if (uid === userInfo().uid) return userInfo().username;
  const { stdout } = await execa('id', ['-un', String(uid)], { timeout: 10_000 });
  return stdout;
}

/** A superuser's password for TCP; the socket never asks for one. Letters and digits only. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/** Writes `pg_hba.conf` and `pg_ident.conf` anew: nobody but `access` on the socket, passwords on loopback. */
export async function writeAccess(data: string, { users, roles }: Access): Promise<void> {
  const hba = [
    'local all all peer map=twokey',
    'host all all 127.0.0.1/32 scram-sha-256',
    'local replication all peer map=twokey',
  ];
  const ident = users.flatMap((user) => roles.map((role) => `twokey "${user}" ${role}`));
  await writeFile(join(data, 'pg_hba.conf'), `${hba.join('\n')}\n`);
  await writeFile(join(data, 'pg_ident.conf'), `${ident.join('\n')}\n`);
}
