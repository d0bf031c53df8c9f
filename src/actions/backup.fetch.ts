import { z } from 'zod';
import { declareAction } from './action.ts';
import { BackupRef } from './backup.ts';
import { Rung } from './ladder.ts';

const HOUR_MS = 3_600_000;

/** Brings the backup to the host, decrypts it, and decodes it to its last byte. */
export const backupFetch = declareAction({
  name: 'backup.fetch',
  summary: 'Fetch the backup, decrypt it and decode it to the end',
  input: z.strictObject({ backup: BackupRef }),
  /** `artifact` and `decode`. */
  output: z.strictObject({ rungs: z.array(Rung) }),
  destructive: false,
  requires: [],
  undo: 'remove the fetched copy',
  timeoutMs: 4 * HOUR_MS,
});
