import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ensureHostTools,
  findHostTools,
  isDebianLike,
  parseVersion,
  requireLinux,
} from '../../src/demo/host-tools.ts';

const PROGRAMS = ['pg_dump', 'pg_restore', 'psql', 'initdb', 'postgres'];
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'twokey-t-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Programs that only say their version. */
async function fakePrograms(bin: string, versions: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(bin, { recursive: true });
  for (const [name, version] of Object.entries(versions)) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`);
    await chmod(join(bin, name), 0o755);
  }
}
const all = (version: string) => Object.fromEntries(PROGRAMS.map((name) => [name, version]));

describe('the PostgreSQL of this host', () => {
  test('is found, whole and working', async () => {
    const tools = await ensureHostTools(() => {});
    expect(tools.major).toBeGreaterThanOrEqual(13);
    expect(tools.version.startsWith(`${tools.major}.`)).toBe(true);
  });

  test('is the newest that has every program in one version', async () => {
    const debianRoot = join(root, 'debian');
    await fakePrograms(join(debianRoot, '12/bin'), all('12.22'));
    await fakePrograms(join(debianRoot, '14/bin'), all('14.9'));
    await fakePrograms(join(debianRoot, '16/bin'), { ...all('16.3'), psql: '15.1' });
    await fakePrograms(join(debianRoot, '17/bin'), { pg_dump: '17.0', psql: '17.0' });
    expect(await findHostTools({ debianRoot, path: '' })).toEqual({
      major: 14,
      version: '14.9',
      bin: join(debianRoot, '14/bin'),
      root: debianRoot,
    });
  });

  test('may lie on PATH, but not be too old', async () => {
    await fakePrograms(join(root, 'old/bin'), all('12.1'));
    await fakePrograms(join(root, 'new/bin'), all('18beta1'));
    const view = { debianRoot: join(root, 'none'), path: `relative:${root}/old/bin:${root}/new/bin` };
    expect(await findHostTools(view)).toMatchObject({ major: 18, root: join(root, 'new') });
    expect(await findHostTools({ ...view, path: `${root}/old/bin` })).toBeNull();
  });
});

test('only Linux will do', () => {
  expect(() => requireLinux('linux')).not.toThrow();
  expect(() => requireLinux('darwin')).toThrow('The demo and the runner need Linux, and this is darwin');
});

test('versions are read as the programs print them', () => {
  expect(parseVersion('pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)')).toBe('15.20');
  expect(parseVersion('postgres (PostgreSQL) 9.6.24')).toBe('9.6.24');
  expect(parseVersion('psql: error')).toBeNull();
});

test('Debian and its kin are told from others', () => {
  expect(isDebianLike('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n')).toBe(true);
  expect(isDebianLike('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe(true);
  expect(isDebianLike('ID=fedora\nVARIANT_ID=debian\n')).toBe(false);
  expect(isDebianLike('')).toBe(false);
});
