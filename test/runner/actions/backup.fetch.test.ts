import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SandboxConfig } from '../../../src/config/runner-config.ts';
import type { ActionContext } from '../../../src/runner/action.ts';
import { backupFetch } from '../../../src/runner/actions/backup.fetch.ts';
import { resolveBackup } from '../../../src/runner/backups/inspect.ts';
import { readStaged } from '../../../src/runner/backups/staged-record.ts';
import { writeArchive } from '../backups/archive/write-archive.ts';
import { ENCRYPTION, folder, testContext } from '../backups/context.ts';
import { encrypt } from '../backups/dumps.ts';

const KEY = { BACKUP_ENCRYPTION_KEY: 'k' };
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'twokey-test-fetch-'));
  const entries = [
    { kind: 'TABLE', tag: 'a' },
    { kind: 'TABLE DATA', tag: 'a', copy: 'COPY public.a (x) FROM stdin;\n', data: '1\n' },
  ];
  await writeFile(join(root, 'a.dump'), writeArchive({ minor: 14, entries }));
  await encrypt(join(root, 'a.dump'), join(root, 'a.dump.enc'), KEY.BACKUP_ENCRYPTION_KEY);
});
afterAll(() => rm(root, { recursive: true, force: true }));

function contextOf(environment: Record<string, string> = KEY): ActionContext {
  return {
    ...testContext({ backups: [folder(root, { encryption: ENCRYPTION })], environment }),
    operation: 'OP-7F3K',
    step: 'fetch',
    sandbox: SandboxConfig.parse({ directory: '/var/lib/twokey/sandboxes' }),
    workDirectory: join(root, 'work', 'OP-7F3K'),
    operatorUsers: [],
    operatorsGid: 0,
    outputOf: () => undefined,
  };
}
const resolved = async (name: string) => (await resolveBackup(name, contextOf())).ref;
const preflight = async (name: string, environment?: Record<string, string>) =>
  (await backupFetch.preflight({ backup: await resolved(name) }, contextOf(environment))).map(
    ({ code, outcome }) => `${code} ${outcome}`,
  );

describe('backup.fetch', () => {
  test('looks at source, room and tools before anything is planned', async () => {
    expect(await preflight('a.dump')).toEqual(['backup_source pass', 'fetch_disk_space pass']);
    expect(await preflight('a.dump.enc')).toEqual([
      'backup_source pass',
      'fetch_disk_space pass',
      'openssl pass',
    ]);
    expect(await preflight('a.dump.enc', {})).toEqual([
      'secret_missing fail',
      'fetch_disk_space pass',
      'openssl pass',
    ]);
    expect(await preflight('a.dump.enc', { ...KEY, PATH: root })).toContain('openssl_missing fail');
  });

  test('a source that is not configured any more fails the check', async () => {
    const backup = { ...(await resolved('a.dump')), source: 'other' };
    expect(await backupFetch.preflight({ backup }, contextOf())).toContainEqual(
      expect.objectContaining({ code: 'backup_outside_sources', outcome: 'fail' }),
    );
  });

  test('stages the backup, knows that it did, and takes it away again, twice if need be', async () => {
    const context = contextOf();
    const input = { backup: await resolved('a.dump.enc') };
    expect(await backupFetch.probe(input, context)).toBe('not-happened');
    const { rungs } = await backupFetch.run(input, context);
    expect(rungs.map(({ rung, outcome }) => `${rung} ${outcome}`)).toEqual(['artifact pass', 'decode pass']);
    expect(await backupFetch.probe(input, context)).toBe('happened');
    expect((await readStaged(join(context.workDirectory, 'backup'))).contents.tables).toHaveLength(1);
    await backupFetch.undo(input, context);
    await backupFetch.undo(input, context);
    await expect(stat(join(context.workDirectory, 'backup'))).rejects.toThrow('ENOENT');
    expect(await backupFetch.probe(input, context)).toBe('not-happened');
  });
});
