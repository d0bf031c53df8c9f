import { z } from 'zod';
import { declareAction } from './action.ts';
import { BackupRef } from './backup.ts';
import { Rung } from './ladder.ts';

/** Restores the fetched backup into the sandbox and classifies every error of the restore. */
export const sandboxRestore = declareAction({
  name: 'sandbox.restore',
  summary: 'Restore the backup into the throwaway database',
  input: z.strictObject({ backup: BackupRef }),
  /** `restore`. */
  output: z.strictObject({ rungs: z.array(Rung) }),
  destructive: false,
  requires: ['backup.fetch', 'sandbox.create'],
  undo: null,
  timeoutMs: 12 * 3_600_000,
});
