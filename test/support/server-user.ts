import { userInfo } from 'node:os';
import { execa } from 'execa';

/** Who servers run as in tests: `nobody` under root, as PostgreSQL refuses root; else the tests' own user. */
export async function serverUser(): Promise<{ uid: number; gid: number } | Record<string, never>> {
  if (userInfo().uid !== 0) return {};
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execa('id', [flag, 'nobody'])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}
