import { z } from 'zod';
import { declareAction } from './action.ts';
import { BackupRef } from './backup.ts';

/** Starts a throwaway database server that only this host's operators can reach. */
export const sandboxCreate = declareAction({
  name: 'sandbox.create',
  summary: 'Start a throwaway database',
  input: z.strictObject({ backup: BackupRef }),
  output: z.strictObject({
    /** Names the sandbox on its host: the operation's code in lower case. */
    sandbox: z.string(),
    serverVersion: z.string(),
    profile: z.enum(['fast', 'faithful']),
  }),
  destructive: false,
  requires: [],
  undo: 'stop and remove the throwaway database',
  timeoutMs: 10 * 60_000,
});
