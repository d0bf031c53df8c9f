import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { ROOT } from './files.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}
const GOOD: Report = { numPassedTests: 5, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

let folder = '';

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `.ci/run` where every tool is one of ours: `scripts` says how each call of `npm` ends. */
async function ci(scripts: Readonly<Record<string, { exit?: number; report?: Report }>>) {
  folder = mkdtempSync(join(tmpdir(), 'twokey-ci-'));
  mkdirSync(join(folder, '.ci'));
  copyFileSync(join(ROOT, '.ci/run'), join(folder, '.ci/run'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const tool = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const name of ['redis-server', 'chromium', 'openssl', 'apt-get', 'dpkg']) tool(name, 'exit 0');
  const cases = Object.entries(scripts).map(([call, { exit = 0, report }]) => {
    const write =
      report === undefined
        ? ''
        : `for a; do case "$a" in --outputFile=*) echo '${JSON.stringify(report)}' >"\${a#*=}";; esac; done;`;
    return `"${call} "*) ${write} exit ${exit};;`;
  });
  tool('npm', `case "$* " in ${cases.join('\n')} esac`);
  const { exitCode, stdout } = await execa(join(folder, '.ci/run'), {
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, CI: 'true' },
    reject: false,
    timeout: 20_000,
  });
  return { exitCode, last: stdout.trimEnd().split('\n').at(-1) };
}

const BOTH = { 'run --silent test': { report: GOOD }, 'run --silent test:system': { report: GOOD } };

describe('.ci/run', () => {
  test('adds up both runs of the tests', async () => {
    expect(await ci(BOTH)).toEqual({ exitCode: 0, last: '10 passed, 0 failed' });
  });

  test.each([
    [
      'a failed test',
      { 'run --silent test': { exit: 1, report: { ...GOOD, numFailedTests: 2 } } },
      '10 passed, 2 failed',
    ],
    [
      'a suite that could not run',
      { 'run --silent test:system': { exit: 1, report: { ...GOOD, numRuntimeErrorTestSuites: 1 } } },
      '10 passed, 1 failed',
    ],
    [
      'a crash after the last test',
      { 'run --silent test': { exit: 134, report: GOOD } },
      '10 passed, 1 failed',
    ],
    ['a run without a report', { 'run --silent test': { exit: 1 } }, '5 passed, 1 failed'],
    ['a lint error', { 'run --silent lint': { exit: 1 } }, '10 passed, 1 failed'],
    ['a type error', { 'run --silent types': { exit: 2 } }, '10 passed, 1 failed'],
    ['packages that cannot be installed', { ci: { exit: 1 } }, '0 passed, 1 failed'],
  ])('%s counts as a failure', async (_, scripts, last) => {
    expect(await ci({ ...BOTH, ...scripts })).toEqual({ exitCode: 1, last });
  });

  test('no test at all is not success', async () => {
    const none = { report: { ...GOOD, numPassedTests: 0 } };
    const result = await ci({ 'run --silent test': none, 'run --silent test:system': none });
    expect(result).toEqual({ exitCode: 1, last: '0 passed, 0 failed' });
  });
});
