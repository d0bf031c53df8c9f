import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry } from '../../../src/runner/journal/entry.ts';
import { openJournal } from '../../../src/runner/journal/journal.ts';
import { readJournal } from '../../../src/runner/journal/read.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const path = (): string => join(directory, 'journal.jsonl');
const stopped = (operation: string): Entry => ({
  type: 'stopped',
  operation,
  code: 'OP-7F3K',
  order: randomUUID(),
  problem: { code: 'cancelled', text: 'Zoë cancelled it.', hint: 'Ask anew.' },
});

/** A journal of five lines, closed. */
async function written(): Promise<Buffer> {
  const journal = await openJournal(directory, 'host-a');
  for (const operation of ['a', 'b', 'c', 'd']) journal.append(stopped(operation));
  await journal.close();
  return readFileSync(path());
}

describe('the journal', () => {
  test('keeps its id, its number of lines and its contents over a restart', async () => {
    const first = await openJournal(directory, 'host-a');
    first.append(stopped('a'));
    await first.close();
    const second = await openJournal(directory, 'host-a');
    expect(second.id).toBe(first.id);
    expect(second.seq).toBe(2);
    expect(second.torn).toBe(0);
    expect(second.state.operations.get('a')?.stopped?.code).toBe('cancelled');
    await second.close();
  });

  test('cut at any byte offset gives its whole lines and nothing of the torn one', async () => {
    const bytes = await written();
    for (let length = 0; length <= bytes.length; length += 1) {
      const { lines, end, torn } = readJournal(bytes.subarray(0, length));
      expect(end + torn).toBe(length);
      expect(lines).toHaveLength(bytes.subarray(0, length).toString().split('\n').length - 1);
    }
  });

  test('cuts off a torn line when it is opened, says so, and goes on after it', async () => {
    const bytes = await written();
    truncateSync(path(), bytes.length - 7);
    const journal = await openJournal(directory, 'host-a');
    expect(journal.torn).toBeGreaterThan(0);
    expect([...journal.state.operations.keys()]).toEqual(['a', 'b', 'c']);
    journal.append(stopped('e'));
    await journal.close();
    expect(readJournal(readFileSync(path())).lines).toHaveLength(5);
  });

  test('refuses to open when any one byte of it was changed', async () => {
    const bytes = await written();
    for (let offset = 0; offset < bytes.length - 1; offset += 3) {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      expect(() => readJournal(changed)).toThrow(/Line \d+ of the journal is damaged/);
    }
    writeFileSync(path(), bytes.toString().replace('"b"', '"x"'));
    await expect(openJournal(directory, 'host-a')).rejects.toThrow(
      'Line 3 of the journal is damaged: its checksum',
    );
  });

  test('refuses a line that is missing, repeated or out of order', async () => {
    const lines = (await written()).toString().trimEnd().split('\n');
    const journalOf = (...order: number[]): Buffer =>
      Buffer.from(order.map((index) => `${lines[index]}\n`).join(''));
    expect(() => readJournal(journalOf(0, 1, 3))).toThrow('Line 3');
    expect(() => readJournal(journalOf(0, 1, 1, 2))).toThrow('Line 3');
    expect(() => readJournal(journalOf(0, 2, 1, 3))).toThrow('Line 2');
    expect(() => readJournal(journalOf(1, 2, 3))).toThrow('Line 1');
    expect(readJournal(journalOf(0, 1, 2, 3)).lines).toHaveLength(4);
  });

  test('is held by one opener at a time', async () => {
    const journal = await openJournal(directory, 'host-a');
    await expect(openJournal(directory, 'host-a')).rejects.toMatchObject({ code: 'journal_in_use' });
    rmSync(join(directory, 'journal.lock'));
    await expect(openJournal(directory, 'host-a')).rejects.toMatchObject({ code: 'journal_in_use' });
    await journal.close();
    await (await openJournal(directory, 'host-a')).close();
  });

  test('takes over the lock of a process that is gone, and of another boot, but not of another host', async () => {
    const gone = spawn('true', { stdio: 'ignore' });
    await new Promise((resolve) => gone.once('exit', resolve));
    const lock = (holder: object): void =>
      writeFileSync(join(directory, 'journal.lock'), JSON.stringify({ ...self(gone.pid ?? 0), ...holder }));
    lock({});
    await (await openJournal(directory, 'host-a')).close();
    lock({ boot: 'another', pid: process.pid });
    await (await openJournal(directory, 'host-a')).close();
    lock({ host: 'elsewhere' });
    await expect(openJournal(directory, 'host-a')).rejects.toThrow('elsewhere holds it');
  });

  test('tells its followers each line after it is written', async () => {
    const journal = await openJournal(directory, 'host-a');
    const seen: number[] = [];
    journal.follow(() => seen.push(readJournal(readFileSync(path())).lines.length));
    journal.append(stopped('a'));
    journal.append(stopped('b'));
    expect(seen).toEqual([2, 3]);
    await journal.close();
    expect(() => journal.append(stopped('c'))).toThrow('closed');
  });

  test('that grew behind its back is refused at the next start', async () => {
    await written();
    appendFileSync(path(), 'operator was here\n');
    await expect(openJournal(directory, 'host-a')).rejects.toThrow(
      'Line 6 of the journal is damaged: it is not JSON',
    );
  });
});

function self(pid: number): object {
  return {
    host: hostname(),
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/pid'),
    pid,
    start: '1',
  };
}
