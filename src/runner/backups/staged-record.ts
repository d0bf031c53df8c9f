import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupFormat } from '../../actions/backup.ts';
import { Rung } from '../../actions/ladder.ts';
import { Refusal } from '../refusal.ts';
import { backupChanged, hasCode } from './refusals.ts';
import { fingerprint } from './sources/folder.ts';
import type { StagedBackup } from './staged.ts';

const FILE = 'staged.json';

const StagedRecord = z.strictObject({
  path: z.string(),
  format: BackupFormat,
  compression: z.enum(['none', 'gzip']),
  rungs: z.array(Rung),
  contents: z.strictObject({
    tables: z.array(
      z.strictObject({
        schema: z.string(),
        name: z.string(),
        bytes: z.int().nullable(),
        rows: z.int().nullable(),
      }),
    ),
    roles: z.array(z.string()),
    extensions: z.array(z.string()),
    items: z.int(),
    largeObjects: z.boolean(),
  }),
  /** Device, inode, size and times of the file at `path`, as it was when its checksum was right. */
  fingerprint: z.string(),
});

/** Keeps what was staged for later steps, which may run after a restart of the runner. */
export async function writeStaged(directory: string, staged: StagedBackup, seen: string): Promise<void> {
  await writeFile(join(directory, FILE), JSON.stringify({ ...staged, fingerprint: seen }), { mode: 0o600 });
}

/**
 * The backup that an earlier step staged in this directory, provided that nobody touched its file since.
 *
 * @throws Refusal `backup_not_staged` or `backup_changed`.
 */
export async function readStaged(directory: string): Promise<StagedBackup> {
  const text = await readFile(join(directory, FILE), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) throw notStaged();
    throw error;
  });
  const { fingerprint: seen, ...staged } = StagedRecord.parse(JSON.parse(text));
  const now = await fingerprint(staged.path).catch(() => 'gone');
  if (now !== seen) {
    throw backupChanged(
      `${staged.path} is no longer the file that was fetched and checked${now === 'gone' ? ': it is gone' : ''}.`,
    );
  }
  return staged;
}

function notStaged(): Refusal {
  return new Refusal(
    'backup_not_staged',
    'There is no backup that was fetched and decoded in this operation.',
    'A step `backup.fetch` must have ended well before.',
  );
}
