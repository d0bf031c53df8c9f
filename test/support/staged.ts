import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { inventory } from '../../src/runner/backups/archive/inventory.ts';
import { parseToc } from '../../src/runner/backups/archive/toc.ts';
import { createSqlScanner } from '../../src/runner/backups/sql/scan.ts';
import type { StagedBackup } from '../../src/runner/backups/staged.ts';

/** A dump on disk as staging would hand it over, without its rungs: for what comes after them. */
export async function stagedDump(path: string): Promise<StagedBackup> {
  const bytes = await readFile(path);
  if (bytes.subarray(0, 5).toString() === 'PGDMP') {
    const contents = inventory(parseToc(bytes));
    return { path, format: 'custom', compression: 'none', rungs: [], contents };
  }
  const gzip = bytes[0] === 0x1f;
  const scanner = createSqlScanner();
  scanner.push(gzip ? gunzipSync(bytes) : bytes);
  const { tables, roles, extensions, statements, largeObjects } = scanner.end();
  const contents = {
    tables: tables.map((table) => ({ ...table, schema: table.schema ?? '' })),
    roles,
    extensions,
    items: statements,
    largeObjects,
  };
  return { path, format: 'sql', compression: gzip ? 'gzip' : 'none', rungs: [], contents };
}
