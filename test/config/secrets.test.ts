import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseUrl } from '../../src/config/database-url.ts';
import { parseEnvFile, readSecret } from '../../src/config/secrets.ts';

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'twokey-test-secrets-'));
  file = join(directory, '.env.backend');
  await writeFile(file, '# of the shop\nKEY=from the file\nEMPTY=\n');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const refused = (code: string) => expect.objectContaining({ code, hint: expect.stringMatching(/\w/) });

describe('a secret', () => {
  test('comes from the environment, or from the file that is named, and from nowhere else', () => {
    expect(readSecret({ env: 'KEY' }, { KEY: 'from the environment' })).toBe('from the environment');
    expect(readSecret({ env: 'KEY', file }, { KEY: 'from the environment' })).toBe('from the file');
    expect(() => readSecret({ env: 'ONLY', file }, { ONLY: 'x' })).toThrow(refused('secret_missing'));
  });

  test('that is missing, empty or unreadable is an error that names variable and file', () => {
    expect(() => readSecret({ env: 'KEY' }, {})).toThrow("`KEY` is not set in the runner's environment.");
    expect(() => readSecret({ env: 'EMPTY', file }, {})).toThrow(refused('secret_empty'));
    const nowhere = join(directory, 'nowhere');
    expect(() => readSecret({ env: 'KEY', file: nowhere }, {})).toThrow(refused('secret_file_unreadable'));
    expect(() => readSecret({ env: 'KEY', file: nowhere }, {})).toThrow(nowhere);
  });
});

describe('an env file', () => {
  test.each([
    ['A=b', 'b'],
    ['  export A = b  ', 'b'],
    ['A=p#ss word # a comment', 'p#ss word'],
    ['A= # a comment', ''],
    ['A="quoted # value" # a comment', 'quoted # value'],
    ['A="line\\nbreak \\"q\\" \\\\"', 'line\nbreak "q" \\'],
    [`A='raw \\n $HOME' x`, 'raw \\n $HOME'],
    ['A=$(id) $HOME `id`', '$(id) $HOME `id`'],
    ['\uFEFFA=b\r\n', 'b'],
    ['A=first\nA=second', 'second'],
    ['A=a=b==', 'a=b=='],
  ])('%j gives A the value %j', (text, value) => {
    expect(parseEnvFile(text).get('A')).toBe(value);
  });

  test('takes no value from a comment or a broken line', () => {
    expect([...parseEnvFile('#A=b\nA b\n1A=b\n=c')]).toEqual([]);
  });
});

describe('a database URL', () => {
  test.each([
    ['postgresql://u:p@h:5432/d', 'postgresql://u:p@h:5432/d'],
    ['postgres://u@h/d', 'postgresql://u@h/d'],
    ['postgresql+asyncpg://u:p%40@h/d?ssl=require', 'postgresql://u:p%40@h/d?sslmode=require'],
    [
      'postgresql+psycopg2://u@/d?host=/var/run/postgresql&port=5433',
      'postgresql://u@/d?host=%2Fvar%2Frun%2Fpostgresql&port=5433',
    ],
    [
      'postgresql://u@h/d?schema=public&connection_limit=5&sslmode=verify-full',
      'postgresql://u@h/d?sslmode=verify-full',
    ],
    ['postgresql://u@[::1]:5432/d', 'postgresql://u@[::1]:5432/d'],
    ['postgresql://a,b:5433/d', 'postgresql://a,b:5433/d'],
    [' postgresql://u@h/d\n', 'postgresql://u@h/d'],
  ])('%s becomes %s', (value, url) => {
    expect(databaseUrl(value)).toBe(url);
  });

  test.each([
    ['', 'it is no URL'],
    ['orders', 'it is no URL'],
    ['mysql+pymysql://u:hidden@h/d', 'a URL of `mysql`'],
    ['postgresql://u:hidden@h', 'names no database'],
    ['postgresql://u:hidden@/d', 'names no host'],
    ['postgresql://u:hidden@h:port/d', 'port is no number'],
    ['postgresql://u:hidden%@h/d', 'hexadecimal'],
  ])('%j is refused and not repeated: %s', (value, why) => {
    const act = () => databaseUrl(value, 'SHOP_DATABASE_URL');
    expect(act).toThrow(refused('database_url_invalid'));
    expect(act).toThrow(why);
    expect(act).toThrow('`SHOP_DATABASE_URL`');
    expect(act).not.toThrow('hidden');
  });
});
