import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { parseRecord } from '../../src/audit/record.ts';
import { checkpointsIn } from '../../src/audit/witness.ts';
import { ROOT } from '../repo/files.ts';

const page = readFileSync(join(ROOT, 'docs/audit.md'), 'utf8');
const source = readFileSync(join(ROOT, 'src/audit/verify/problem.ts'), 'utf8');

test('the page explains every code that verification can give, and no other', () => {
  const table = page.slice(page.indexOf('## What verification says'));
  const explained = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`(\w+)`/g),
  ]);
  const union = source.slice(source.indexOf('type BrokenCode'), source.indexOf('export function outcomeOf'));
  const codes = [...union.matchAll(/\| '(\w+)'|^ {2}(\w+): true/gm)].map(([, broken, gap]) => broken ?? gap);
  expect(codes.length).toBeGreaterThan(15);
  expect(explained.map(([, code]) => code).toSorted()).toEqual(codes.toSorted());
});

test('the record and the checkpoint that the page shows are of the form that it tells', () => {
  const [, record = ''] = /```json\n(\{"actor".*)\n```/.exec(page) ?? [];
  expect(parseRecord(record)).toMatchObject({ type: 'operation.requested', seq: 0 });
  expect(checkpointsIn(page).map(parseCheckpoint)).toEqual([
    expect.objectContaining({ origin: 'ops.example.com/twokey', size: 1204 }),
  ]);
});
