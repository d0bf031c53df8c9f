import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { linesOf } from '../../src/audit/lines.ts';
import { formatVkey } from '../../src/audit/note.ts';
import { sealRecord } from '../../src/audit/record.ts';
import type { Verdict } from '../../src/audit/verify/verdict.ts';
import { verifyExport } from '../../src/audit/verify/verify.ts';
import { ROOT } from '../repo/files.ts';
import { checkpointAt, exported, sampleLog, sampleRecord } from './sample-log.ts';

const EXIT = { whole: 0, broken: 1, incomplete: 2 } as const;
const directory = mkdtempSync(join(tmpdir(), 'twokey-second-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const sample = sampleLog(8);
const lines = await exported(sample, { checkpoints: [4, 8], statements: [{ report: 'signed' }] });
const bytes = Buffer.from(`${lines.join('\n')}\n`);
const witness = join(directory, 'slack.json');
writeFileSync(witness, JSON.stringify([{ text: `\`\`\`${checkpointAt(sample, 8)}\`\`\`` }]));

/** Both verdicts on the same bytes, with the same trust. */
async function both(file: Buffer, trust: { key: boolean; witness: boolean } = { key: true, witness: true }) {
  const ours = await verifyExport(linesOf([file]), {
    keys: trust.key ? [sample.vkey] : [],
    witnesses: trust.witness ? [{ note: checkpointAt(sample, 8), source: 'slack' }] : [],
  });
  const path = join(directory, 'export.ndjson');
  writeFileSync(path, file);
  const theirs = await execa(
    'python3',
    [
      join(ROOT, 'docs/verify-audit.py'),
      path,
      ...(trust.key ? ['--key', formatVkey(sample.vkey)] : []),
      ...(trust.witness ? ['--witness', witness] : []),
    ],
    { reject: false, timeout: 20_000, stdin: 'ignore' },
  );
  return { ours, theirs };
}

async function agree(file: Buffer, trust?: { key: boolean; witness: boolean }): Promise<Verdict> {
  const { ours, theirs } = await both(file, trust);
  const said = `${theirs.stdout}${theirs.stderr}`;
  expect({ said, exitCode: theirs.exitCode }).toEqual({ said, exitCode: EXIT[ours.outcome] });
  return ours;
}

function joined(edited: readonly string[]): Buffer {
  return Buffer.from(`${edited.join('\n')}\n`);
}

describe('the verifier in Python, which shares nothing with this one,', () => {
  test('calls the same log whole, and the same incomplete', async () => {
    expect((await agree(bytes)).outcome).toBe('whole');
    expect((await agree(bytes, { key: true, witness: false })).outcome).toBe('incomplete');
    expect((await agree(bytes, { key: false, witness: true })).outcome).toBe('incomplete');
    expect(
      (await agree(joined(await exported(sample, { checkpoints: [4] })), { key: true, witness: false }))
        .outcome,
    ).toBe('incomplete');
  });

  test('calls it broken wherever a byte was changed', async () => {
    for (let at = 0; at < bytes.length; at += 61) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      expect((await agree(flipped)).outcome).toBe('broken');
    }
  });

  test('names the same first record for what was left out, doubled, swapped or cut off', async () => {
    const third = lines.findIndex((line) => line.startsWith('{"index":2,'));
    const edits = [
      lines.toSpliced(third, 1),
      lines.toSpliced(third, 0, lines[third] ?? ''),
      lines.with(third, lines[third + 1] ?? '').with(third + 1, lines[third] ?? ''),
      lines.slice(0, third),
    ];
    for (const edited of edits) {
      const { ours, theirs } = await both(joined(edited));
      expect(theirs.exitCode).toBe(1);
      expect(theirs.stdout).toContain(`record ${ours.problems[0]?.index}:`);
    }
  });

  test('names the same range for a record that was made anew with its hash', async () => {
    const forged = sealRecord({
      ...sampleRecord(6, sample.records[3]?.leafHash ?? null),
      type: 'step.skipped',
    });
    const edited = await exported(
      { ...sample, records: sample.records.with(6, forged) },
      { checkpoints: [4] },
    );
    const { ours, theirs } = await both(joined(edited));
    expect(ours.problems[0]).toMatchObject({ code: 'rewritten', index: 0 });
    expect(theirs.stdout).toContain('record 0 or one of those up to 7: rewritten');
  });

  test('sees what was cut off the end by the same witness', async () => {
    const cut = { ...sample, records: sample.records.slice(0, 4) };
    const { ours, theirs } = await both(joined(await exported(cut, { checkpoints: [4] })));
    expect(ours.problems[0]).toMatchObject({ code: 'cut_off', index: 4 });
    expect(theirs.stdout).toContain('record 4: cut off from here on');
  });

  test('refuses the log that another key has signed', async () => {
    const anew = sampleLog(8);
    expect((await agree(joined(await exported(anew, { checkpoints: [4, 8] })))).outcome).toBe('broken');
  });
});
