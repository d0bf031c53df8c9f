import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, type Pair } from 'yaml';
import type { z } from 'zod';
import { expectations } from './expectation.ts';
import { type ConfigProblem, fileProblem, unreadable } from './problem.ts';
import { jsonSchema } from './schema-path.ts';
import { parseDocument, type YamlDocument } from './yaml-document.ts';

export type Path = readonly PropertyKey[];

/** A problem that only a look beyond the schema shows, at the place in the file that it is about. */
export type ProblemAt = (path: Path, message: string, on?: 'key' | 'value') => ConfigProblem;

/** A file that fits its schema, or everything that is wrong with it. */
export type Parsed<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      readonly problemAt: ProblemAt;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads and parses a file; one that cannot be read is a problem like any other. */
export function readYaml<Schema extends z.ZodType>(schema: Schema, file: string): Parsed<z.output<Schema>> {
  try {
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) return { ok: false, problems: [fileProblem(file, 'not UTF-8 text')] };
    return parseYaml(schema, bytes.toString('utf8').replace(/^\uFEFF/, ''), file);
  } catch (error) {
    return { ok: false, problems: [fileProblem(file, unreadable(error))] };
  }
}

/** @param file names the text in problems. */
export function parseYaml<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  file: string,
): Parsed<z.output<Schema>> {
  const yaml = parseDocument(text, file);
  if ('problems' in yaml) return { ok: false, problems: yaml.problems };
  const problemAt: ProblemAt = (path, message, on = 'value') => ({
    file,
    ...position(yaml, path, on),
    path: formatPath(path),
    message,
  });
  const result = schema.safeParse(yaml.document.toJS(), { reportInput: true });
  if (result.success) return { ok: true, value: result.data, problemAt };
  const forms = jsonSchema(schema);
  const problems = result.error.issues
    .flatMap((issue) => expectations(issue, forms))
    .map(({ path, onKey, message }) => problemAt(path, message, onKey ? 'key' : 'value'));
  return { ok: false, problems };
}

/** Where a value stands, or the nearest thing above it that is there. */
function position(
  { document, lines }: YamlDocument,
  path: Path,
  on: 'key' | 'value',
): { line: number; column: number } {
  for (let length = path.length; length > 0; length--) {
    const offset = offsetOf(document, path.slice(0, length), length < path.length ? 'key' : on);
    if (offset !== null) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function offsetOf(document: Document.Parsed, path: Path, on: 'key' | 'value'): number | null {
  const node = document.getIn(path, true);
  const pair = pairOf(document.getIn(path.slice(0, -1), true), path.at(-1));
  const [wanted, instead] = on === 'key' ? [pair?.key, node] : [node, pair?.key];
  for (const candidate of [wanted, instead]) {
    if (isNode(candidate) && candidate.range) return candidate.range[0];
  }
  return null;
}

function pairOf(above: unknown, key: PropertyKey | undefined): Pair | undefined {
  return isMap(above) ? above.items.find((pair) => isScalar(pair.key) && pair.key.value === key) : undefined;
}

/** `steps[1].with.backup`. */
export function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const word = String(key);
      return /^[A-Za-z_$][\w$-]*$/.test(word)
        ? `${index === 0 ? '' : '.'}${word}`
        : `[${JSON.stringify(word)}]`;
    })
    .join('');
}
