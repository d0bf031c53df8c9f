import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { linesOf } from '../../audit/lines.ts';
import { NoteError, parseVkey, type Vkey } from '../../audit/note.ts';
import { isReceipt, type ReceiptVerdict, verifyReceipt } from '../../audit/receipt.ts';
import type { Witness } from '../../audit/verify/heads.ts';
import type { Trust, Verdict } from '../../audit/verify/verdict.ts';
import { verifyExport } from '../../audit/verify/verify.ts';
import { checkpointsIn } from '../../audit/witness.ts';
import { liveProgress, type Screen } from '../verify/live.ts';

/** What was in the file, and what verifying it came to. */
export type Verified = (Verdict & { kind: 'export' }) | (ReceiptVerdict & { kind: 'receipt' });

const FileError = z.object({ code: z.string().regex(/^E[A-Z]+$/), message: z.string() });

/** Short work says nothing until it is done. */
const QUIET_MS = 2_000;

/**
 * Verifies a file of either kind, told apart by its first line.
 *
 * @param path a file, or `-` for standard input.
 * @throws Error when it cannot be read.
 */
export async function verifyFile(path: string, trust: Trust, screen: Screen): Promise<Verified> {
  const progress = liveProgress(screen);
  const lines = linesOf(await chunksOf(path, progress.show));
  try {
    const first = await lines.next();
    const line = first.done ? '' : first.value;
    if (!isReceipt(line)) return { kind: 'export', ...(await verifyExport(prepended(first, lines), trust)) };
    const more = await lines.next();
    return {
      kind: 'receipt',
      ...verifyReceipt(more.done ? line : `${line}\n${more.value}`, trust.keys ?? []),
    };
  } catch (error) {
    throw readable(path, error);
  } finally {
    progress.end();
  }
}

/**
 * The keys to trust, each given as it is or as a file with one on each line; `#` begins a comment.
 *
 * @throws Error naming what is no vkey, or cannot be read.
 */
export async function readKeys(given: readonly string[]): Promise<Vkey[]> {
  const keys: Vkey[] = [];
  for (const one of given) {
    const texts = /^[^+]+\+[0-9a-f]{8}\+/.test(one) ? [one] : keyLines(await text(one));
    if (texts.length === 0)
      throw new Error(`${one} holds no vkey. \`twokey keys show --origin\` prints one.`);
    keys.push(...texts.map((line) => vkey(line, one)));
  }
  return keys;
}

/** The checkpoints in files that were kept away from the log. */
export async function readWitnesses(paths: readonly string[]): Promise<Witness[]> {
  const witnesses: Witness[] = [];
  for (const source of paths)
    witnesses.push(...checkpointsIn(await text(source)).map((note) => ({ note, source })));
  return witnesses;
}

async function chunksOf(
  path: string,
  show: ReturnType<typeof liveProgress>['show'],
): Promise<AsyncIterable<Buffer>> {
  const total = path === '-' ? null : await sizeOf(path);
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1024 * 1024 });
  return watched(stream, (done, ratePerSecond) =>
    show({ stage: 'Verifying', done, ...(total === null ? {} : { total }), unit: 'bytes', ratePerSecond }),
  );
}

async function* watched(
  chunks: AsyncIterable<Buffer>,
  tell: (done: number, ratePerSecond: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const began = Date.now();
  let done = 0;
  for await (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    const elapsed = Date.now() - began;
    if (elapsed > QUIET_MS) tell(done, Math.round((done * 1_000) / elapsed));
  }
}

async function* prepended(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

function keyLines(file: string): string[] {
  return file.split('\n').flatMap((line) => {
    const trimmed = line.replace(/(^|\s)#.*/, '').trim();
    return trimmed === '' ? [] : [trimmed];
  });
}

function vkey(line: string, source: string): Vkey {
  try {
    return parseVkey(line);
  } catch (error) {
    if (error instanceof NoteError && source !== line)
      throw new Error(`${source}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw readable(path, error);
  });
  return size;
}

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw readable(path, error);
  });
}

/** Errors of the file system in words; any other as it is. */
function readable(path: string, error: unknown): unknown {
  const failure = FileError.safeParse(error);
  if (!failure.success) return error;
  const { code, message } = failure.data;
  if (code === 'ENOENT') return new Error(`There is no file ${path}.`, { cause: error });
  if (code === 'EISDIR') return new Error(`${path} is a directory. Name the files in it.`, { cause: error });
  return new Error(`${path} could not be read: ${message}`, { cause: error });
}
