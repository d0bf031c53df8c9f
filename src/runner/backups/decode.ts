import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Finding } from '../../actions/ladder.ts';
import { inventory } from './archive/inventory.ts';
import { type WalkedArchive, walkArchive } from './archive/walk.ts';
import { type DecryptOptions, decrypt } from './decrypt.ts';
import type { Identified } from './identify.ts';
import { backupCorrupt, backupEmpty, backupTruncated, hasCode } from './refusals.ts';
import { judgeSql } from './sql/judge.ts';
import { createSqlScanner, type SqlScan } from './sql/scan.ts';
import type { BackupContents } from './staged.ts';

export interface DecodeOptions {
  readonly decryption: (() => DecryptOptions) | null;
  /** Where to keep what a restore reads: decrypted, and an archive also decompressed. Mode 0600, new. */
  readonly keep: string | null;
}

export interface Decoded {
  readonly contents: BackupContents;
  /** Bytes after every layer, that of the archive's own compression included. */
  readonly decodedBytes: number;
  /** False when blocks are compressed in a way that Node does not know: framing is proven, content is not. */
  readonly proven: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Reads a backup to its last byte through every layer: decrypts, decompresses, and reads the archive's
 * every data block or the SQL text's every statement. Nothing is restored and no row is kept.
 *
 * @throws Refusal with what is wrong with it; any error of `stored` itself.
 */
export async function decodeBackup(
  stored: AsyncIterable<Buffer>,
  identified: Identified,
  options: DecodeOptions,
): Promise<Decoded> {
  const { format, compression } = identified;
  let plain = stored;
  if (identified.encryption === 'openssl' && options.decryption)
    plain = decrypt(stored, options.decryption());
  if (options.keep && format === 'sql') plain = keepIn(options.keep, plain);
  if (compression === 'gzip') plain = decompress(plain);
  if (options.keep && format === 'custom') plain = keepIn(options.keep, plain);
  return format === 'custom' ? ofArchive(await walkArchive(plain)) : ofSql(await scanAll(plain));
}

function ofArchive(walked: WalkedArchive): Decoded {
  const { toc, blocks, trailingBytes } = walked;
  const contents = inventory(toc, blocks);
  requireTables(contents);
  const sizes = blocks.map(({ decodedBytes, storedBytes }) => decodedBytes ?? storedBytes);
  return {
    contents,
    decodedBytes: sizes.reduce((sum, size) => sum + size, 0),
    proven: blocks.every(({ decodedBytes }) => decodedBytes !== null),
    findings: [
      ...emptyFindings(contents),
      ...(trailingBytes > 0
        ? [
            warning(
              'archive_trailing_bytes',
              `${trailingBytes} bytes follow the archive's end; pg_dump writes none. Look at how the file was copied.`,
            ),
          ]
        : []),
    ],
  };
}

function ofSql(scan: SqlScan): Decoded {
  judgeSql(scan);
  const contents: BackupContents = {
    tables: scan.tables,
    roles: scan.roles,
    extensions: scan.extensions,
    items: scan.statements,
    largeObjects: scan.largeObjects,
  };
  requireTables(contents);
  return { contents, decodedBytes: scan.sizeBytes, proven: true, findings: emptyFindings(contents) };
}

function requireTables({ tables }: BackupContents): void {
  if (tables.length === 0) throw backupEmpty('It can be read to its end, and holds no table at all.');
}

function emptyFindings({ tables }: BackupContents): Finding[] {
  const counted = tables.flatMap(({ rows }) => (rows === null ? [] : [rows]));
  if (counted.length === 0 || counted.some((rows) => rows > 0)) return [];
  return [
    warning(
      'backup_without_rows',
      `Not one of its ${tables.length} tables holds a row. Look at what the job dumps, and with which role.`,
    ),
  ];
}

function warning(code: string, text: string): Finding {
  return { severity: 'warning', code, text };
}

async function scanAll(plain: AsyncIterable<Buffer>): Promise<SqlScan> {
  const scanner = createSqlScanner();
  for await (const chunk of plain) scanner.push(chunk);
  return scanner.end();
}

async function* decompress(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  let given = 0;
  // Its failure reaches the loop below as an error of `unzip`.
  pipeline(chunks, unzip).catch(() => {});
  try {
    for await (const chunk of unzip) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (hasCode(error, 'Z_BUF_ERROR')) {
      throw backupTruncated(`Its gzip ends too early, after ${given} decompressed bytes.`);
    }
    if (hasCode(error, 'Z_DATA_ERROR')) {
      throw backupCorrupt(`Its gzip is damaged after ${given} decompressed bytes.`);
    }
    throw error;
  } finally {
    unzip.destroy();
  }
}

async function* keepIn(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      yield chunk;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
