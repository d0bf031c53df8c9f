import { createPublicKey } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pino } from 'pino';
import { exportLines } from '../audit/export.ts';
import { vkeyOf } from '../audit/note.ts';
import { loadBotKeys } from '../bot/keys.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadBotConfig } from '../config/load-bot-config.ts';
import { openPostgresStore } from '../store/postgres/postgres-store.ts';
import type { Store } from '../store/store.ts';

export interface ExportSummary {
  readonly output: string;
  readonly records: number;
  readonly checkpoints: number;
}

/**
 * Writes the whole log, up to its newest checkpoint, to a new file. The log only ever grows, so reading it
 * up to one size is reading one state of it.
 *
 * @throws Error when there is no checkpoint yet, or `output` exists and `force` is false.
 */
export async function exportLog(options: {
  readonly config: string;
  readonly output: string;
  readonly force: boolean;
}): Promise<ExportSummary> {
  const config = loadBotConfig(options.config, readEnvironment());
  const { log } = await loadBotKeys(config.keys);
  const store = await openPostgresStore(config.databaseUrl, pino({ level: 'warn' }));
  try {
    const head = await store.newestCheckpoint();
    if (head === null)
      throw new Error('The audit log has no checkpoint yet: nothing has been asked of the bot.');
    const checkpoints = (await store.checkpoints()).filter(({ size }) => size <= head.size);
    const lines = exportLines({
      log: config.installation,
      vkeys: [vkeyOf(config.installation, createPublicKey(log))],
      size: head.size,
      exportedAt: new Date(),
      records: sealed(store, head.size),
      checkpoints: checkpoints.map(({ note }) => note),
      statements: store.allStatements(),
    });
    await write(lines, options.output, options.force);
    return { output: options.output, records: head.size, checkpoints: checkpoints.length };
  } finally {
    await store.close();
  }
}

async function* sealed(store: Store, size: number) {
  for await (const { bytes, leaf } of store.logEntries(size)) yield { bytes, leafHash: leaf };
}

async function write(lines: AsyncIterable<string>, output: string, force: boolean): Promise<void> {
  const file = await open(output, force ? 'w' : 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new Error(`${output} exists. Name another file, or add --force.`);
    throw error;
  });
  try {
    for await (const line of lines) await file.write(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
