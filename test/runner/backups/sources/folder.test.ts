import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { FolderSource } from '../../../../src/config/runner-config.ts';
import { folderSource } from '../../../../src/runner/backups/sources/folder.ts';
import { refusalOf } from '../dumps.ts';

let root: string;
const signal = new AbortController().signal;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'twokey-test-folder-')));
  await mkdir(join(root, 'backups/2026'), { recursive: true });
  await writeFile(join(root, 'secret.dump'), 'secret');
  await writeFile(join(root, 'backups/a.dump'), 'content');
  await writeFile(join(root, 'backups/2026/b.dump'), 'b');
  await symlink('a.dump', join(root, 'backups/latest.dump'));
  await symlink('../secret.dump', join(root, 'backups/out.dump'));
  await symlink(root, join(root, 'backups/up'));
  await symlink(join(root, 'backups'), join(root, 'link'));
  await execa('mkfifo', [join(root, 'backups/pipe.dump')]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const source = (folder = join(root, 'backups'), patterns = ['*.dump']) =>
  folderSource(FolderSource.parse({ name: 'local', kind: 'folder', folder, patterns }));

describe('a folder', () => {
  test('lists regular files, as deep as its patterns reach', async () => {
    const paths = async (patterns: string[]) =>
      (await source(undefined, patterns).list(signal)).map(({ path }) => path).sort();
    expect(await paths(['*.dump'])).toEqual(['a.dump']);
    expect(await paths(['*.dump', '{YYYY}/*.dump'])).toEqual(['2026/b.dump', 'a.dump']);
  });

  test('gives a file and any part of it', async () => {
    const file = await source().stat('a.dump', signal);
    expect(file).toMatchObject({ path: 'a.dump', sizeBytes: 7 });
    expect(await text(await source().open(file, { signal }))).toBe('content');
    expect(await text(await source().open(file, { start: 2, end: 4, signal }))).toBe('nt');
  });

  test('follows links within it, and names the file itself', async () => {
    expect(await source().stat('latest.dump', signal)).toMatchObject({ path: 'a.dump' });
    expect(await source(join(root, 'link')).stat('latest.dump', signal)).toMatchObject({ path: 'a.dump' });
  });

  test.each(['../secret.dump', 'out.dump', 'up/secret.dump', '2026/../../secret.dump', '.', ''])(
    'refuses `%s`, which leaves it',
    async (path) => {
      expect(await refusalOf(source().stat(path, signal))).toMatchObject({ code: 'backup_outside_sources' });
    },
  );

  test('takes absolute paths inside it only', async () => {
    expect(await source().pathOf(join(root, 'backups/a.dump'))).toBe('a.dump');
    expect(await source(join(root, 'link')).pathOf(join(root, 'backups/a.dump'))).toBe('a.dump');
    expect(await source().pathOf(join(root, 'secret.dump'))).toBeNull();
    expect(await source().pathOf('/etc/passwd')).toBeNull();
  });

  test('refuses what is no regular file, without waiting for a writer', async () => {
    expect(await refusalOf(source().stat('pipe.dump', signal))).toMatchObject({ code: 'backup_not_found' });
    expect(await refusalOf(source().stat('2026', signal))).toMatchObject({ code: 'backup_not_found' });
    expect(await refusalOf(source().stat('nothing.dump', signal))).toMatchObject({
      code: 'backup_not_found',
    });
  });

  test('notices that a file changed since it was looked at', async () => {
    const path = join(root, 'backups/2026/b.dump');
    const file = await source().stat('2026/b.dump', signal);
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    expect(await refusalOf(source().open(file, { signal }))).toMatchObject({ code: 'backup_changed' });
  });

  test('that does not exist says so', async () => {
    expect(await refusalOf(source(join(root, 'nowhere')).list(signal))).toMatchObject({
      code: 'backup_not_found',
      message: expect.stringContaining('The folder'),
    });
  });
});
