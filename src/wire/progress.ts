import { z } from 'zod';

/** What a step says while it works; lossy by design: a later one replaces an earlier one. */
export const Progress = z.strictObject({
  /** What is being done, in a few words: `Restoring table data`. */
  stage: z.string().max(120),
  done: z.int().nonnegative().optional(),
  /** Absent while the size of the work is unknown. Never shrinks within a stage. */
  total: z.int().nonnegative().optional(),
  unit: z.enum(['bytes', 'rows', 'items']).optional(),
  /** The thing at hand: `table orders (3 of 14)`. Holds no data of the database. */
  detail: z.string().max(200).optional(),
  /** Measured by the runner over the last seconds, in units per second. */
  ratePerSecond: z.int().nonnegative().optional(),
  /** Absent until an honest estimate exists. */
  etaMs: z.int().nonnegative().optional(),
});
export type Progress = z.infer<typeof Progress>;
