import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  directoryProblems,
  innerProblems,
  lookAtDirectory,
  withDirectory,
} from '../../../src/runner/allow/directory.ts';

const RUNNER = 4242;
const GROUP = 4343;
const wanted = {
  uid: RUNNER,
  gid: GROUP,
  group: 'operators',
  fileSystems: ['tmpfs', 'ext4', 'xfs', 'btrfs', 'overlay'] as const,
};

let base: string;
let directory: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'twokey-directory-'));
  chmodSync(base, 0o755);
  directory = join(base, 'allow');
  mkdirSync(directory);
  chownSync(directory, RUNNER, GROUP);
  chmodSync(directory, 0o3730);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function problems(
  fileSystems: readonly (typeof wanted.fileSystems)[number][] = wanted.fileSystems,
): string[] {
  const facts = lookAtDirectory(directory);
  if (facts === null) throw new Error('not there');
  return directoryProblems(facts, { ...wanted, fileSystems: [...fileSystems] });
}

describe('the allow directory', () => {
  test('as it should be has no problem', () => {
    expect(problems()).toEqual([]);
  });

  const wrong: [string, RegExp, () => void][] = [
    ['of another owner', /belongs to uid 1, .*chown 4242/, () => chownSync(directory, 1, GROUP)],
    ['of another group', /has group 1, .*chgrp operators/, () => chownSync(directory, RUNNER, 1)],
    ['that everybody may enter', /mode 3731, .*chmod 3730/, () => chmodSync(directory, 0o3731)],
    ['without the sticky bit', /mode 2730/, () => chmodSync(directory, 0o2730)],
    ['whose parent others can write', /lets others replace/, () => chmodSync(base, 0o777)],
    ['whose parent another person owns', /lets others replace/, () => chownSync(base, 1000, 0)],
    [
      'that is a link',
      /not a directory/,
      () => {
        renameSync(directory, `${directory}.real`);
        symlinkSync(`${directory}.real`, directory);
      },
    ],
  ];
  test.each(wrong)('%s is named with what mends it', (_, text, spoil) => {
    spoil();
    expect(problems().join('\n')).toMatch(text);
  });

  test('on a file system that is not on the list is refused', () => {
    expect(problems([])).toEqual([expect.stringContaining('is on a file system of type 0x')]);
  });

  test('in a sticky directory of root is safe from others', () => {
    chmodSync(base, 0o1777);
    expect(problems()).toEqual([]);
  });

  test('that is not there is told apart from one that is wrong', () => {
    expect(lookAtDirectory(join(base, 'nowhere'))).toBeNull();
  });

  test('replaced while the runner works is no longer used', () => {
    expect(withDirectory(directory, RUNNER, () => 'used')).toBe('used');
    chmodSync(directory, 0o3777);
    expect(() => withDirectory(directory, RUNNER, () => 'used')).toThrow('has been changed');
  });

  test('with an inner directory that somebody else made first is refused', () => {
    for (const [name, mode] of [
      ['pending', 0o2750],
      ['.consumed', 0o2700],
    ] as const) {
      mkdirSync(join(directory, name));
      chownSync(join(directory, name), RUNNER, GROUP);
      chmodSync(join(directory, name), mode);
    }
    expect(innerProblems(directory, wanted)).toEqual([]);
    chownSync(join(directory, 'pending'), 1000, GROUP);
    expect(innerProblems(directory, wanted)).toEqual([
      expect.stringContaining('pending was not made by the runner'),
    ]);
  });
});
