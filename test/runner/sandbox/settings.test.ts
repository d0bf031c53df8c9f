import { describe, expect, test } from '@jest/globals';
import { identFile } from '../../../src/runner/sandbox/access.ts';
import { serverSettings, settingsFile } from '../../../src/runner/sandbox/settings.ts';

const GIB = 1024 ** 3;
const host = { memoryBytes: 16 * GIB, diskBytes: 400 * GIB, jobs: 4 };

describe('the server settings of a sandbox', () => {
  test('the profile fast gives up durability and writes little WAL', () => {
    expect(serverSettings('fast', host)).toMatchObject({
      fsync: false,
      full_page_writes: false,
      synchronous_commit: false,
      wal_level: 'minimal',
      max_wal_senders: 0,
      autovacuum: false,
      shared_buffers: '4096MB',
      maintenance_work_mem: '1638MB',
      max_wal_size: '32768MB',
    });
  });

  test('the profile faithful leaves durability as PostgreSQL has it', () => {
    const settings = serverSettings('faithful', host);
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'max_wal_size']) {
      expect(settings).not.toHaveProperty(name);
    }
    expect(settings).toMatchObject({ wal_level: 'replica', shared_buffers: '4096MB' });
  });

  test('a small host gets small sizes, a large one is not used up', () => {
    expect(serverSettings('fast', { memoryBytes: 0.2 * GIB, diskBytes: 2 * GIB, jobs: 8 })).toMatchObject({
      shared_buffers: '64MB',
      maintenance_work_mem: '32MB',
      max_wal_size: '1024MB',
    });
    expect(serverSettings('fast', { memoryBytes: 512 * GIB, diskBytes: 9e15, jobs: 2 })).toMatchObject({
      shared_buffers: '8192MB',
      maintenance_work_mem: '2048MB',
    });
  });

  test('no value can end its own string', () => {
    expect(settingsFile({ data_directory: "/o'dd \\ path", jit: false, port: 5432 })).toBe(
      "data_directory = '/o''dd \\\\ path'\njit = off\nport = '5432'\n",
    );
  });
});

describe('who may connect to a sandbox', () => {
  test('the runner becomes the superuser, operators only the inspector', () => {
    expect(identFile(['twokey', 'twokey'], ['alice', 'bob'])).toBe(
      [
        'twokey "twokey" postgres\n',
        'twokey "twokey" twokey_inspector\n',
        'twokey "alice" twokey_inspector\n',
        'twokey "bob" twokey_inspector\n',
      ].join(''),
    );
  });

  test.each(['/.*', 'al"ice', 'a b', 'x\ntwokey root postgres', '', '+group'])(
    'the OS user name %j is refused',
    (name) => {
      expect(() => identFile(['twokey'], [name])).toThrow(expect.objectContaining({ code: 'os_user_name' }));
    },
  );
});
