import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HostUser } from '../../../src/demo/host-users.ts';
import { consentLine } from '../../../src/runner/allow/consent.ts';
import { consume } from '../../../src/runner/allow/consume.ts';
import { DIRECTORY_MODE, withDirectory } from '../../../src/runner/allow/directory.ts';
import { type Expectation, identityOf, judgeAllowfile } from '../../../src/runner/allow/judge-file.ts';
import { accountOf } from '../../../src/runner/allow/operators.ts';
import { type Reading, readAllowfile } from '../../../src/runner/allow/read-file.ts';
import { fileKey } from '../../../src/runner/journal/state.ts';
import { testUsers } from '../support/host.ts';

const CONSENT = {
  code: 'OP-7F3K',
  challenge: 'f'.repeat(32),
  digest: 'a'.repeat(64),
  host: 'db-1',
  target: 'orders',
  phrase: null,
};
const NAME = `OP-7F3K.${CONSENT.challenge}`;
const NOBODY = 65534;

let directory: string;
let path: string;
let operator: HostUser;
let runner: HostUser;
let wanted: Expectation;

beforeEach(async () => {
  const users = await testUsers();
  ({ operator, runner } = users);
  directory = mkdtempSync(join(tmpdir(), 'twokey-allow-'));
  mkdirSync(join(directory, '.consumed'));
  chownSync(directory, runner.uid, users.operators.gid);
  chmodSync(directory, DIRECTORY_MODE);
  path = join(directory, NAME);
  wanted = {
    line: consentLine(CONSENT),
    path,
    issuedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    mode: 'operator',
    runnerUid: runner.uid,
    operators: [{ uid: operator.uid, slack: 'UOPERATOR1' }],
    group: users.operators,
    spent: new Set(),
  };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(content = wanted.line, uid = operator.uid, mode = 0o644): void {
  writeFileSync(path, content);
  chownSync(path, uid, operator.gid);
  chmodSync(path, mode);
}

const reading = (): Reading => withDirectory(directory, runner.uid, (handle) => readAllowfile(handle, NAME));

async function verdict(now = Date.now()): Promise<string | null> {
  const seen = reading();
  const owner = seen.kind === 'file' ? await accountOf(seen.uid) : null;
  return judgeAllowfile(seen, owner, now, wanted)?.code ?? null;
}

describe('an allowfile', () => {
  test('of a mapped operator, fresh and right, turns the key', async () => {
    write();
    expect(await verdict()).toBeNull();
  });

  const elsewhere = (): string => join(directory, '.consumed', 'elsewhere');
  const wrong: [string, string, () => void][] = [
    ['is missing', 'host_key_missing', () => {}],
    [
      'is a symbolic link to a right file',
      'allowfile_link',
      () => {
        write();
        renameSync(path, elsewhere());
        symlinkSync(elsewhere(), path);
      },
    ],
    [
      'has a second name',
      'allowfile_links',
      () => {
        write();
        linkSync(path, elsewhere());
      },
    ],
    ['is a FIFO', 'allowfile_special', () => void execFileSync('mkfifo', [path])],
    ['is a directory', 'allowfile_special', () => mkdirSync(path)],
    ['is larger than a line', 'allowfile_large', () => write(wanted.line.padEnd(1025, ' '))],
    ['can be written by its group', 'allowfile_writable', () => write(wanted.line, operator.uid, 0o664)],
    ['can be written by everybody', 'allowfile_writable', () => write(wanted.line, operator.uid, 0o646)],
    [
      'was last changed before the challenge',
      'allowfile_stale',
      () => {
        write();
        wanted = { ...wanted, issuedAt: new Date(Date.now() + 5_000).toISOString() };
      },
    ],
    [
      'says to be older than the challenge',
      'allowfile_stale',
      () => {
        write();
        utimesSync(path, 1, 1);
      },
    ],
    ['belongs to root', 'allowfile_from_root', () => write(wanted.line, 0)],
    ['belongs to the runner', 'allowfile_from_runner', () => write(wanted.line, runner.uid)],
    ['belongs to somebody who is not mapped', 'allowfile_unmapped', () => write(wanted.line, NOBODY)],
    [
      'belongs to a mapped person who has left the group',
      'allowfile_not_in_group',
      () => {
        write(wanted.line, NOBODY);
        wanted = { ...wanted, operators: [{ uid: NOBODY, slack: 'UGONE' }] };
      },
    ],
    ['says nothing', 'allowfile_content', () => write('')],
    [
      'answers another operation',
      'allowfile_content',
      () => write(consentLine({ ...CONSENT, code: 'OP-XXXX' })),
    ],
    [
      'answers another challenge',
      'allowfile_content',
      () => write(consentLine({ ...CONSENT, challenge: 'e'.repeat(32) })),
    ],
    [
      'is for another plan',
      'allowfile_content',
      () => write(consentLine({ ...CONSENT, digest: 'b'.repeat(64) })),
    ],
    ['is for another host', 'allowfile_content', () => write(consentLine({ ...CONSENT, host: 'db-2' }))],
    [
      'is for another target',
      'allowfile_content',
      () => write(consentLine({ ...CONSENT, target: 'payments' })),
    ],
    [
      'holds a phrase that nobody asked for',
      'allowfile_content',
      () => write(consentLine({ ...CONSENT, phrase: 'YES' })),
    ],
    ['has a second line', 'allowfile_content', () => write(`${wanted.line}${wanted.line}`)],
    [
      'has turned a key before',
      'allowfile_spent',
      () => {
        write();
        const seen = reading();
        if (seen.kind === 'file') wanted = { ...wanted, spent: new Set([fileKey(identityOf(seen))]) };
      },
    ],
  ];
  test.each(wrong)('that %s is refused: %s', async (_, code, spoil) => {
    spoil();
    expect(await verdict()).toBe(code);
  });

  test('comes too late when the time of the challenge is over', async () => {
    write();
    expect(await verdict(Date.now() + 61_000)).toBe('host_key_expired');
  });

  test('needs the phrase when the policy asks for one', async () => {
    wanted = { ...wanted, line: consentLine({ ...CONSENT, phrase: 'DELETE ALL DATA' }) };
    write(consentLine(CONSENT));
    expect(await verdict()).toBe('allowfile_content');
    write();
    expect(await verdict()).toBeNull();
  });

  test("of the runner's own user counts in the mode same-user, when that user is mapped", async () => {
    write(wanted.line, runner.uid);
    wanted = { ...wanted, mode: 'same-user' };
    expect(await verdict()).toBe('allowfile_unmapped');
    wanted = { ...wanted, operators: [{ uid: runner.uid, slack: 'UDEMO' }] };
    expect(await verdict()).toBeNull();
  });
});

describe('taking an allowfile', () => {
  test('moves it where nobody else reaches it, once', () => {
    write();
    const seen = reading();
    if (seen.kind !== 'file') throw new Error('no file');
    const take = () => withDirectory(directory, runner.uid, (handle) => consume(handle, NAME, seen));
    expect(take()).toBeNull();
    expect(reading().kind).toBe('absent');
    expect(take()?.code).toBe('allowfile_swapped');
  });

  test('notices that another file was put in its place', () => {
    write();
    const seen = reading();
    if (seen.kind !== 'file') throw new Error('no file');
    writeFileSync(`${path}.other`, wanted.line);
    chownSync(`${path}.other`, operator.uid, operator.gid);
    renameSync(`${path}.other`, path);
    const taken = withDirectory(directory, runner.uid, (handle) => consume(handle, NAME, seen));
    expect(taken?.code).toBe('allowfile_swapped');
  });
});
