import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { readableProgram } from '../../src/demo/program-copy.ts';
import { permits } from '../../src/demo/readable.ts';
import { serverUser } from '../support/server-user.ts';

let root = '';
let project = '';
let directory = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await chmod(root, 0o755);
  project = join(root, 'home/clone');
  directory = join(root, 'demo');
  await mkdir(directory);
  await write('package.json', '{ "type": "module" }');
  await write('dist/main.js', "import { word } from '@s/dep';\nconsole.log(word);\n");
  await write('commands/a.yml', 'a');
  await write('policies/a.yml', 'a');
  await write('node_modules/@s/dep/package.json', '{ "type": "module", "exports": "./i.js" }');
  await write('node_modules/@s/dep/i.js', "export const word = 'it runs';\n");
  await write('node_modules/dev/i.js', '');
  const packages = { 'node_modules/@s/dep': { version: '1.0.0' }, 'node_modules/dev': { dev: true } };
  await write('node_modules/.package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));
  await execa('chmod', ['-R', 'a+rX', root]);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true });
  await writeFile(join(project, path), text);
}

const self = { uid: userInfo().uid, gid: userInfo().gid };

async function programFor() {
  const other = await serverUser();
  const readers = other.uid === undefined ? [self] : [self, { uid: other.uid, gid: other.gid }];
  return { other, program: await readableProgram({ project, directory, readers, say: () => {} }) };
}

describe('a program for several users', () => {
  test('is run where it lies when all can read it', async () => {
    const { program } = await programFor();
    expect(program).toMatchObject({ main: join(project, 'dist/main.js'), root: project, staged: null });
    expect(await readdir(directory)).toEqual([]);
  });

  test('is put where they can read it when a folder above it is closed', async () => {
    await chmod(join(root, 'home'), 0o700);
    await chmod(join(project, 'commands/a.yml'), 0o600);
    const { other, program } = await programFor();
    const { stdout } = await execa(program.node, [program.main], { ...other, cwd: '/' });
    expect(stdout).toBe('it runs');
    if (other.uid === undefined) return expect(program.staged).toBeNull();
    expect(program.root).toBe(join(directory, 'program'));
    expect(await readdir(join(program.root, 'node_modules'))).toEqual(['@s']);
    expect(program.staged).toEqual({ linked: 5, copied: 1 });
    expect((await stat(join(program.root, 'commands/a.yml'))).mode & 0o777).toBe(0o644);
    expect((await stat(join(project, 'commands/a.yml'))).mode & 0o777).toBe(0o600);
  });

  test('must have been built', async () => {
    await rm(join(project, 'dist'), { recursive: true });
    await expect(programFor()).rejects.toThrow('npm run build');
  });
});

test('permission bits are those of the first class that fits, as in the kernel', () => {
  const file = { uid: 10, gid: 20, mode: 0o047 };
  expect(permits(file, { uid: 10, gid: 20 }, 4)).toBe(false);
  expect(permits(file, { uid: 11, gid: 20 }, 4)).toBe(true);
  expect(permits(file, { uid: 11, gid: 20 }, 1)).toBe(false);
  expect(permits(file, { uid: 11, gid: 21 }, 5)).toBe(true);
  expect(permits(file, { uid: 0, gid: 0 }, 7)).toBe(true);
});
