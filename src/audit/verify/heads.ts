import { type Checkpoint, verifyCheckpoint } from '../checkpoint.ts';
import { type CompactRange, rangeRoot } from '../merkle.ts';
import { NoteError, parseNote } from '../note.ts';
import { type Keys, recordsText, report, reportLost, type Walk } from './walk.ts';

/** A checkpoint that was kept away from the log, and where: a Slack export, an archive, a runner. */
export interface Witness {
  readonly note: string;
  readonly source: string;
}

/** What a witness says, once the log's key was seen to have signed it. */
export interface WitnessedHead extends Checkpoint {
  readonly source: string;
}

/**
 * The witnesses that the log's key has signed, smallest first. All others are left out, not held
 * against the log: anyone who may write to a channel could post a false checkpoint there. An empty
 * log's checkpoint says nothing.
 */
export function witnessedHeads(witnesses: readonly Witness[], keys: Keys): WitnessedHead[] {
  const byNote = new Map(witnesses.map((witness) => [witness.note, witness]));
  return [...byNote.values()]
    .flatMap((witness) => witnessedHead(witness, keys))
    .filter(({ size }) => size > 0)
    .sort((a, b) => a.size - b.size);
}

/** A checkpoint of the export itself, which stands right after the last record that it covers. */
export function checkOwnHead(walk: Walk, note: string): void {
  const head = ownHead(walk, note);
  if (head === null) return;
  walk.checkpoints += 1;
  if (head.size > walk.next) reportUncounted(walk, head.size);
  else if (head.size < walk.next) reportOvertaken(walk, head.size);
  else if (walk.tree !== null) compare(walk, walk.tree, head, walk.signed, 'The checkpoint');
}

/** The witnesses of just this size, once the file's own checkpoint over it had its turn. */
export function checkWitnesses(walk: Walk): void {
  for (let head = walk.witnesses[0]; head !== undefined && head.size <= walk.next; head = walk.witnesses[0]) {
    walk.witnesses.shift();
    if (walk.tree === null || head.size < walk.next) continue;
    const same = compare(walk, walk.tree, head, walk.witnessed, `The checkpoint kept in ${head.source}`);
    if (same) walk.witnessed = head.size;
  }
}

/** The witnesses that no record reached: the log was longer once. */
export function checkUnreached(walk: Walk): void {
  const longest = walk.witnesses.at(-1);
  if (longest === undefined || longest.size <= walk.next) return;
  report(walk, {
    code: 'cut_off',
    index: walk.next,
    text:
      `${capital(recordsText(walk.next, longest.size - 1))} were cut off: the checkpoint kept in ${longest.source} ` +
      `was signed over ${longest.size} records, here are ${walk.next}. If this export is older than that ` +
      'checkpoint, export again and verify again',
  });
}

/**
 * A checkpoint, by whichever of the keys signed it.
 *
 * @throws NoteError
 */
export function verifiedHead(note: string, keys: Keys): Checkpoint {
  const { signatures } = parseNote(note);
  const signer = keys.find((key) =>
    signatures.some(({ name, keyId }) => name === key.name && keyId === key.keyId),
  );
  return verifyCheckpoint(note, signer ?? keys[0]);
}

function witnessedHead({ note, source }: Witness, keys: Keys): WitnessedHead[] {
  try {
    return [{ ...verifiedHead(note, keys), source }];
  } catch (error) {
    if (error instanceof NoteError) return [];
    throw error;
  }
}

function ownHead(walk: Walk, note: string): Checkpoint | null {
  try {
    return verifiedHead(note, walk.keys);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    report(walk, { code: 'bad_checkpoint', line: walk.lines + 1, text: error.message });
    return null;
  }
}

/** Whether the records so far are those that the checkpoint was signed over. */
function compare(walk: Walk, tree: CompactRange, head: Checkpoint, from: number, what: string): boolean {
  const same = rangeRoot(tree) === head.root;
  if (same) {
    walk.signed = head.size;
    walk.explained = false;
  } else reportRewritten(walk, from, head.size, what);
  return same;
}

function reportOvertaken(walk: Walk, size: number): void {
  if (walk.explained) return;
  reportLost(walk, {
    code: 'rewritten',
    index: walk.signed,
    text:
      `A checkpoint signed over ${size} records stands after ${walk.next}: something was added among ` +
      `${recordsText(walk.signed, walk.next - 1)}, or the checkpoint was moved`,
  });
}

function reportUncounted(walk: Walk, size: number): void {
  reportLost(walk, {
    code: 'missing',
    index: walk.next,
    text: `Missing here: ${recordsText(walk.next, size - 1)}. A checkpoint signed over ${size} records follows`,
  });
  walk.next = size;
}

/** Says nothing when the record at fault was named already. */
function reportRewritten(walk: Walk, from: number, size: number, what: string): void {
  const named = walk.explained;
  walk.tree = null;
  if (named) return;
  report(walk, {
    code: 'rewritten',
    index: from,
    text:
      `${what} was signed over other records: among ${recordsText(from, size - 1)} something was changed, ` +
      'removed, added or moved, and the hashes were made to fit',
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
