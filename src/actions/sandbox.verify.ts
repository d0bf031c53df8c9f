import { z } from 'zod';
import { declareAction } from './action.ts';
import { Rung } from './ladder.ts';

/** Climbs the rest of the ladder on the restored copy, and leaves it up for people to look at. */
export const sandboxVerify = declareAction({
  name: 'sandbox.verify',
  summary: 'Verify what was restored, and leave it up for inspection',
  input: z.strictObject({}),
  output: z.strictObject({
    /** `counts`, `migration`, `sequences`, `foreign-keys`. */
    rungs: z.array(Rung),
    /** How an operator looks at the copy, as an argument list to type on the host. */
    inspect: z.array(z.string()),
    /** When the runner removes the sandbox by itself, UTC ISO 8601. */
    removedAt: z.string(),
  }),
  destructive: false,
  requires: ['sandbox.restore'],
  undo: null,
  timeoutMs: 4 * 3_600_000,
});
