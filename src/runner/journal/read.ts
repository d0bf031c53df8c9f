import { FIRST_PREV, Line, sealLine } from './entry.ts';

/** What a journal's bytes hold. */
export interface JournalText {
  readonly lines: readonly Line[];
  /** Where the next line goes: bytes from here on are a torn write. */
  readonly end: number;
  /** Bytes of the torn write; 0 when the journal ends well. */
  readonly torn: number;
}

/** The journal was changed after it was written: nobody can tell what was started, so nothing may start. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged';
  readonly line: number;

  constructor(line: number, seen: string) {
    super(
      `Line ${line} of the journal is damaged: ${seen}. The runner does not start on a journal it cannot trust. ` +
        'Put back the journal from a backup of this host, or give the runner a new state directory and a new ' +
        'name, after finding out on the target what its last operation did.',
    );
    this.line = line;
  }
}

/**
 * Reads a journal. A line without its newline at the very end is a write that a crash tore: it never
 * became durable, so nothing followed from it. Anything else that does not fit is damage.
 *
 * @throws JournalDamaged with the first line that does not fit.
 */
export function readJournal(bytes: Buffer): JournalText {
  const end = bytes.lastIndexOf('\n') + 1;
  const texts = end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
  const lines: Line[] = [];
  for (const [index, text] of texts.entries()) lines.push(nextLine(text, index, lines.at(-1)?.sum));
  return { lines, end, torn: bytes.length - end };
}

function nextLine(text: string, index: number, prev = FIRST_PREV): Line {
  const { success, data: line, error } = Line.safeParse(jsonOf(text, index));
  if (!success) {
    const issue = error.issues.at(0);
    throw new JournalDamaged(
      index + 1,
      `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unreadable'}`,
    );
  }
  const { sum, ...rest } = line;
  if (sealLine(rest).sum !== sum) throw new JournalDamaged(index + 1, 'its checksum does not fit');
  if (line.seq !== index) throw new JournalDamaged(index + 1, `it has number ${line.seq}, not ${index}`);
  if (line.prev !== prev) throw new JournalDamaged(index + 1, 'it does not follow from the line before');
  if ((line.entry.type === 'opened') !== (index === 0))
    throw new JournalDamaged(
      index + 1,
      `a journal opens with its first line, and this one is '${line.entry.type}'`,
    );
  return line;
}

function jsonOf(text: string, index: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JournalDamaged(index + 1, 'it is not JSON');
  }
}
