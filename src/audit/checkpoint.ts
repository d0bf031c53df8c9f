import type { KeyObject } from 'node:crypto';
import { NoteError, parseNote, signNote, type Vkey, verifyNote } from './note.ts';

/** The signed head of a log (C2SP `tlog-checkpoint`): so many records, under this root, in this order. */
export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  /** How many records the log had. */
  readonly size: number;
  /** The Merkle root over them: hex. */
  readonly root: string;
}

/**
 * A checkpoint as a signed note of about 190 bytes. A log must never sign two that contradict each
 * other, which is for the caller to ensure.
 *
 * @throws NoteError `malformed` for an origin that cannot be a key name.
 */
export function signCheckpoint({ origin, size, root }: Checkpoint, privateKey: KeyObject): string {
  const text = `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
  const note = signNote(text, origin, privateKey);
  parseCheckpoint(note);
  return note;
}

/**
 * Takes a checkpoint apart, whoever signed it.
 *
 * @throws NoteError `malformed`
 */
export function parseCheckpoint(note: string): Checkpoint {
  return headOf(parseNote(note).text);
}

/**
 * A checkpoint that the log's own key has signed. The origin must be the key's name, so that a key of
 * one log never vouches for another.
 *
 * @throws NoteError
 */
export function verifyCheckpoint(note: string, vkey: Vkey): Checkpoint {
  const checkpoint = headOf(verifyNote(note, vkey).text);
  if (checkpoint.origin !== vkey.name)
    throw new NoteError('wrong_log', `The checkpoint is of ${checkpoint.origin}, the key of ${vkey.name}`);
  return checkpoint;
}

/** Extension lines, which the format allows, are refused: nobody could check what they say. */
function headOf(text: string): Checkpoint {
  const [, origin = '', digits = '', base64 = ''] =
    /^([^\n]+)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? [];
  const root = Buffer.from(base64, 'base64');
  const size = Number(digits);
  if (origin === '' || !Number.isSafeInteger(size) || root.toString('base64') !== base64)
    throw new NoteError(
      'malformed',
      'Not a checkpoint: expected three lines, the origin, the size and the root',
    );
  return { origin, size, root: root.toString('hex') };
}
