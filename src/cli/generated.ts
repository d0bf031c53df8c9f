import { readFileSync, writeFileSync } from 'node:fs';

/** A file that is made from others and committed with them. */
export interface Generated {
  readonly file: string;
  readonly text: string;
}

/**
 * Writes the files, or says which of them are not what they would be.
 *
 * @returns how many are out of date, for the exit code; none after writing.
 */
export function keepCurrent(files: readonly Generated[], write: boolean, remedy: string): number {
  if (write) {
    for (const { file, text } of files) writeFileSync(file, text);
    console.log(`wrote ${files.map(({ file }) => file).join(', ')}`);
    return 0;
  }
  const stale = files.filter(({ file, text }) => current(file) !== text);
  for (const { file } of stale) console.error(`${file} is out of date; ${remedy}`);
  if (stale.length === 0) console.log(`${files.map(({ file }) => file).join(', ')}: up to date`);
  return stale.length;
}

function current(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

const LINE_WIDTH = 110;

/** JSON as the formatter of this repository leaves it: a list of plain values stands in one line if it fits. */
export function jsonText(value: unknown): string {
  const plainList = /^( *(?:"[^"\n]*": )?)\[\n((?: *(?:"(?:[^"\\\n]|\\.)*"|[\w.+-]+),?\n)+) *\](,?)$/gm;
  const text = JSON.stringify(value, null, 2).replace(
    plainList,
    (whole, head: string, items: string, comma: string) => {
      const line = `${head}[${items.trim().split(/\n */).join(' ')}]${comma}`;
      return line.length <= LINE_WIDTH ? line : whole;
    },
  );
  return `${text}\n`;
}
