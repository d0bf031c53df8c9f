import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RunnerConfig } from '../../src/config/runner-config.ts';
import { readKeyFile } from '../../src/runner/key-file.ts';
import { runnerLog } from '../../src/runner/log.ts';
import { prepareState, requireOwnUser } from '../../src/runner/state-directory.ts';
import { goodWorld } from './support/good-world.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const own = process.getuid?.() ?? -1;

describe("the runner's key", () => {
  const path = (): string => join(directory, 'runner.pem');
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

  test('is read from a file that nobody else can read', () => {
    writeFileSync(path(), pem, { mode: 0o600 });
    expect(readKeyFile(path(), own).asymmetricKeyType).toBe('ed25519');
  });

  const wrong: [string, RegExp, () => void][] = [
    ['is missing', /ENOENT/, () => {}],
    ['can be read by others', /mode 640/, () => writeFileSync(path(), pem, { mode: 0o640 })],
    ['is a link', /ELOOP/, () => symlinkSync('/etc/passwd', path())],
    ['is no key', /no Ed25519/, () => writeFileSync(path(), 'secret', { mode: 0o600 })],
    [
      'is another kind of key',
      /no Ed25519/,
      () =>
        writeFileSync(
          path(),
          generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
          {
            mode: 0o600,
          },
        ),
    ],
  ];
  test.each(wrong)('that %s is refused', (_, text, spoil) => {
    spoil();
    expect(() => readKeyFile(path(), own)).toThrow(text);
  });
});

describe("the runner's own directory", () => {
  test('is made private, and refused when it is not', () => {
    const state = join(directory, 'state');
    prepareState(state, own);
    expect(statSync(state).mode & 0o777).toBe(0o700);
    prepareState(state, own);
    chmodSync(state, 0o750);
    expect(() => prepareState(state, own)).toThrow('mode 750');
    expect(() => prepareState(state, own + 1)).toThrow('belongs to uid');
    expect(() => prepareState(join(directory, 'no', 'such'), own)).toThrow('cannot be made');
    mkdirSync(join(directory, 'real'));
    symlinkSync(join(directory, 'real'), join(directory, 'link'));
    expect(() => prepareState(join(directory, 'link'), own)).toThrow('not a directory');
  });

  test('is for a user of its own, never for root', () => {
    if (own === 0) expect(requireOwnUser).toThrow('does not run as root');
    else expect(requireOwnUser()).toBe(own);
  });
});

describe("the runner's log", () => {
  test('holds no configured secret, wherever it stands in a line', () => {
    const { config } = goodWorld();
    const file = join(directory, 'env');
    writeFileSync(file, 'KEY="quoted\\"passphrase"\n');
    Object.assign(config.targets.orders, {
      database: { env: 'DATABASE_URL' },
      backups: [
        {
          name: 'local',
          kind: 'folder',
          folder: '/var/backups',
          patterns: ['*'],
          encryption: { tool: 'openssl', key: { env: 'KEY', file } },
        },
      ],
    });
    const lines: string[] = [];
    const log = runnerLog(
      'info',
      RunnerConfig.parse(config),
      { DATABASE_URL: 'postgresql://app:hunter2%21@db/orders' },
      { write: (line) => void lines.push(line) },
    );
    log.error(
      {
        err: new Error('password hunter2! for postgresql://app:hunter2%21@db/orders'),
        key: 'quoted"passphrase',
      },
      'x',
    );
    const written = lines.join('');
    expect(written).toContain('[secret]');
    for (const secret of ['hunter2', 'passphrase']) expect(written).not.toContain(secret);
    expect(() => JSON.parse(written)).not.toThrow();
  });
});
