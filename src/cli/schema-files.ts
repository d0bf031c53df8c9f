import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorSchemas } from '../config/editor-schemas.ts';
import { keyTable } from '../config/key-table.ts';
import { type Generated, jsonText } from './generated.ts';

const DOCS = 'docs/configuration.md';

/** What is made from the schemas of the files: JSON Schemas for editors, and the tables of the documentation. */
export function schemaFiles(): Generated[] {
  const schemas = editorSchemas();
  const files = schemas.map(({ name, schema }) => ({ file: join('schemas', name), text: jsonText(schema) }));
  if (!existsSync(DOCS)) return files;
  const text = schemas.reduce(
    (docs, { name, schema }) => withTable(docs, name, keyTable(schema)),
    readFileSync(DOCS, 'utf8'),
  );
  return [...files, { file: DOCS, text }];
}

/** Puts a table between `<!-- keys of runner.json -->` and `<!-- end -->`. */
function withTable(docs: string, name: string, table: string): string {
  const [begin, end] = [`<!-- keys of ${name} -->`, '<!-- end -->'];
  const from = docs.indexOf(begin);
  const to = docs.indexOf(end, from);
  if (from < 0 || to < 0) throw new RangeError(`${DOCS} has no ${begin} … ${end}`);
  return `${docs.slice(0, from + begin.length)}\n${table}\n${docs.slice(to)}`;
}
