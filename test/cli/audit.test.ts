import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { formatVkey } from '../../src/audit/note.ts';
import { formatReceipt, makeReceipt } from '../../src/audit/receipt.ts';
import { auditCommand, type ExportLog } from '../../src/cli/audit.ts';
import { checkpointAt, exported, log, sampleLog } from '../audit/sample-log.ts';
import { twokey } from './run.ts';

const sample = sampleLog(7);
const key = formatVkey(sample.vkey);
const lines = await exported(sample, { checkpoints: [3, 7], statements: [{ report: 1 }] });

let directory: string;
let said: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-audit-'));
  said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const audit = (...args: string[]) => auditCommand().parseAsync(args, { from: 'user' });

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const log7 = () => file('export.ndjson', `${lines.join('\n')}\n`);
const slack = () =>
  file('2026-11-21.json', JSON.stringify([{ text: `\`\`\`${checkpointAt(sample, 7)}\`\`\`` }]));

describe('twokey audit verify', () => {
  test('finds an export whole, with a key and a Slack export', async () => {
    await audit('verify', log7(), '--key', key, '--witness', slack());
    expect(process.exitCode).toBe(0);
    expect(said).toMatch(
      /^WHOLE {2}ops\.example\.com\/twokey\n7 records of 3 operations, 2 checkpoints, 1 statement\nsigned +all\nkept elsewhere all \(1 of 1 checkpoints given are this log's\)\nroot +[0-9a-f]{64} at 7\n$/,
    );
  });

  test('takes keys from a file with comments, and several witnesses', async () => {
    const keys = file('log.vkey', `# the log's key\n\n${key}   # since 2026\n`);
    const note = file('note.txt', checkpointAt(sample, 3));
    await audit('verify', log7(), '--key', keys, '--witness', slack(), note);
    expect(process.exitCode).toBe(0);
    expect(said).toContain('2 of 2 checkpoints given');
  });

  test('is incomplete without a key or a witness, and says what to give', async () => {
    await audit('verify', log7());
    expect(process.exitCode).toBe(2);
    expect(said).toMatch(/^INCOMPLETE/);
    expect(said).toContain('(--key)');
    expect(said).toContain('(--witness)');
  });

  test('is broken when a record is missing, and names it', async () => {
    const cut = file('cut.ndjson', lines.toSpliced(3, 1).join('\n'));
    await audit('verify', cut, '--key', key);
    expect(process.exitCode).toBe(1);
    expect(said).toMatch(/^BROKEN/);
    expect(said).toContain(
      'missing, record 2\n  Missing here: record 2. A checkpoint signed over 3 records follows',
    );
  });

  test('prints the verdict as JSON', async () => {
    await audit('verify', log7(), '--key', key, '--witness', slack(), '--json');
    expect(JSON.parse(said)).toMatchObject({
      kind: 'export',
      outcome: 'whole',
      log,
      records: 7,
      witnessed: 7,
      problems: [],
    });
  });

  test('verifies a receipt too', async () => {
    const records = [1, 4].map((index) => ({ index, bytes: sample.records[index]?.bytes ?? '' }));
    const leaves = sample.records.map(({ leafHash }) => leafHash);
    const receipt = formatReceipt(
      makeReceipt({ operation: 'op-1', checkpoint: checkpointAt(sample, 7), records, leaves }),
    );
    await audit('verify', file('receipt.json', `${receipt}\n`), '--key', key);
    expect(process.exitCode).toBe(0);
    expect(said).toContain(
      '2 records of operation op-1\n  0  2026-11-21T06:00:01.000Z  operation.requested  person Zoë 😀',
    );
    await audit('verify', file('receipt.json', `${receipt}\n${receipt}\n`), '--key', key);
    expect(process.exitCode).toBe(1);
  });

  test('says what is wrong with what it was given, before it verifies anything', async () => {
    await expect(audit('verify', join(directory, 'none'))).rejects.toThrow(/^There is no file .*none\.$/);
    await expect(audit('verify', directory)).rejects.toThrow('is a directory. Name the files in it');
    await expect(audit('verify', log7(), '--key', `${key.slice(0, -4)}AAA=`)).rejects.toThrow(/vkey/);
    await expect(audit('verify', log7(), '--key', file('k', '# none\n'))).rejects.toThrow('holds no vkey');
    await expect(audit('verify', log7(), '--key', file('k', 'secret'))).rejects.toThrow(
      /k: Not an Ed25519 vkey/,
    );
    await expect(audit('verify', log7(), '--witness', join(directory, 'none'))).rejects.toThrow(
      'There is no file',
    );
    expect(said).toBe('');
  });

  test('lets nothing of the file move the cursor', async () => {
    const evil = file('evil', `${lines[0]?.replace(log, 'a\\u001b[2Jb')}\n`);
    await audit('verify', evil);
    expect(said).not.toContain('\u001b');
    expect(process.exitCode).toBe(1);
  });

  test('works as a program, which says nothing else', async () => {
    const { exitCode, stdout, stderr } = await twokey([
      'audit',
      'verify',
      log7(),
      '--key',
      key,
      '--witness',
      slack(),
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^WHOLE/);
    const help = await twokey(['audit', 'verify', '--help']);
    expect(help.stdout).toContain('Exit codes:');
  });
});

describe('twokey audit export', () => {
  test('hands its options on and says what was written', async () => {
    const run = jest.fn<ExportLog>().mockResolvedValue({ output: 'a.ndjson', records: 7, checkpoints: 2 });
    const command = () => auditCommand({ exportLog: run });
    await command().parseAsync(['export', '--config', 'c.yml', '--output', 'a.ndjson', '--force'], {
      from: 'user',
    });
    expect(run).toHaveBeenCalledWith({ config: 'c.yml', output: 'a.ndjson', force: true });
    expect(said).toBe('a.ndjson: 7 records, 2 checkpoints\n');
    await command().parseAsync(['export'], { from: 'user' });
    const output = expect.stringMatching(/^twokey-audit-\d{4}-\d\d-\d\d\.ndjson$/);
    expect(run).toHaveBeenLastCalledWith({ config: 'twokey.yml', output, force: false });
  });
});
