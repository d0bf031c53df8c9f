import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Entry, FIRST_PREV, sealLine } from './entry.ts';
import { holdName, lockDirectory } from './lock.ts';
import { readJournal } from './read.ts';
import { foldJournal, type JournalState } from './state.ts';

/** The runner's own memory: the last fence against doing anything twice. */
export interface Journal {
  /** Made at first start; 64 hex characters. */
  readonly id: string;
  /** A live view. */
  readonly state: JournalState;
  /** How many lines it has: the next one's number. */
  readonly seq: number;
  /** Bytes of a torn write that were cut off when it was opened. */
  readonly torn: number;
  /**
   * Adds a line. When it returns the line is on disk (all but `acked` are worth that wait).
   *
   * @throws JournalBroken
   */
  append(entry: Entry): void;
  /** Calls back after every line. */
  follow(listener: (entry: Entry) => void): void;
  close(): Promise<void>;
}

/** The disk refused a line. Nothing is known of what it kept, so this process writes no more. */
export class JournalBroken extends Error {
  override readonly name = 'JournalBroken';
}

/**
 * Opens the journal of a state directory, or makes it. Writing is synchronous: between a decision and
 * its line nothing else of this process can happen.
 *
 * @throws JournalDamaged, Refusal `journal_in_use`, or an error of the file system.
 */
export async function openJournal(directory: string, runner: string): Promise<Journal> {
  const lock = lockDirectory(directory);
  const path = join(directory, 'journal.jsonl');
  let file: number | null = null;
  let name: { release(): Promise<void> } | null = null;
  try {
    file = openSync(path, 'a+', 0o600);
    const { lines, end, torn } = readJournal(readFileSync(path));
    if (torn > 0) {
      ftruncateSync(file, end);
      fdatasyncSync(file);
    }
    const opening = lines.at(0)?.entry;
    const id = opening?.type === 'opened' ? opening.journal : randomBytes(32).toString('hex');
    const held = await holdName(id);
    name = held;
    const fold = foldJournal();
    for (const { entry } of lines) fold.add(entry);
    const writer = startWriter(file, { seq: lines.length, size: end, prev: lines.at(-1)?.sum ?? FIRST_PREV });
    if (opening === undefined) {
      writer.write({ type: 'opened', journal: id, runner, host: hostname() });
      syncDirectory(directory);
    }
    const listeners: ((entry: Entry) => void)[] = [];
    return {
      id,
      state: fold.state,
      get seq() {
        return writer.seq();
      },
      torn,
      append(entry) {
        writer.write(entry);
        fold.add(entry);
        for (const listener of listeners) listener(entry);
      },
      follow: (listener) => void listeners.push(listener),
      async close() {
        writer.close();
        lock.release();
        await held.release();
      },
    };
  } catch (error) {
    if (file !== null) closeSync(file);
    lock.release();
    await name?.release();
    throw error;
  }
}

/** The only writer of the file. A failed write is taken back where that is possible, and is the last. */
function startWriter(file: number, at: { seq: number; size: number; prev: string }) {
  let { seq, size, prev } = at;
  let broken: JournalBroken | null = null;

  function write(entry: Entry): void {
    if (broken !== null) throw broken;
    const line = sealLine({ seq, prev, at: new Date().toISOString(), entry });
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
    try {
      writeAll(file, bytes);
      if (entry.type !== 'acked') fdatasyncSync(file);
    } catch (error) {
      broken = new JournalBroken('The journal could not be written', { cause: error });
      takeBack(file, size);
      throw broken;
    }
    seq += 1;
    size += bytes.length;
    prev = line.sum;
  }

  function close(): void {
    broken ??= new JournalBroken('The journal is closed (this is a bug)');
    closeSync(file);
  }

  return { write, close, seq: () => seq };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function takeBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // What is left is a torn line, which the next start cuts off.
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
