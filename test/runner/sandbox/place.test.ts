import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkPlace, closedParent, preparePlace, requirePlace } from '../../../src/runner/sandbox/place.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tk-place-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'sandbox_directory', message: expect.stringMatching(message) });

describe('the sandbox directory', () => {
  test.each(['/', '/tmp', '/tmp/', '/etc/twokey', '/usr/local', '/var/lib/postgresql/15/main', '/proc/1'])(
    '%s is never used',
    (path) => {
      expect(() => requirePlace(path)).toThrow(refused(/belongs to the system/));
    },
  );

  test('a path in which a socket would not fit is refused with its length', () => {
    const base = `/srv/${'x'.repeat(80)}`;
    expect(() => requirePlace(base, 'op-7f3k')).toThrow(refused(/would take 111 bytes, 107 are allowed/));
    expect(() => requirePlace(base.slice(0, -4), 'op-7f3k')).not.toThrow();
  });

  test('it is made when its parent can be written', async () => {
    await preparePlace(join(directory, 'a', 'b'));
    await expect(checkPlace(join(directory, 'a', 'b'))).resolves.toBeUndefined();
    await expect(checkPlace(join(directory, 'a', 'c', 'd'))).resolves.toBeUndefined();
  });

  test('a link is refused, even to a good directory', async () => {
    await mkdir(join(directory, 'good'));
    await symlink(join(directory, 'good'), join(directory, 'link'));
    await expect(preparePlace(join(directory, 'link'))).rejects.toEqual(refused(/not a directory/));
  });

  test('a file is refused', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(checkPlace(join(directory, 'file'))).rejects.toEqual(refused(/not a directory/));
    await expect(preparePlace(join(directory, 'file', 'below'))).rejects.toEqual(refused(/cannot be made/));
  });

  test('a directory that others can write to is refused', async () => {
    await mkdir(join(directory, 'open'));
    await chmod(join(directory, 'open'), 0o777);
    await expect(checkPlace(join(directory, 'open'))).rejects.toEqual(refused(/can be written by others/));
  });

  test('the inside of a PostgreSQL data directory is refused', async () => {
    await mkdir(join(directory, 'pgdata'));
    await writeFile(join(directory, 'pgdata', 'PG_VERSION'), '15\n');
    await expect(checkPlace(join(directory, 'pgdata', 'sandboxes'))).rejects.toEqual(
      refused(/is the data directory/),
    );
  });

  test('a parent that the server’s user may not pass is named', async () => {
    const closed = join(directory, 'closed');
    await mkdir(join(closed, 'below'), { recursive: true });
    await chmod(directory, 0o755);
    await chmod(closed, 0o700);
    expect(await closedParent(join(closed, 'below'), { uid: 65_534, gid: 65_534 })).toBe(closed);
    await chmod(closed, 0o711);
    expect(await closedParent(join(closed, 'below'), { uid: 65_534, gid: 65_534 })).toBeNull();
  });
});
