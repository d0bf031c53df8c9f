/**
 * The doorbell between replicas. It carries no truth: a ring that is lost, doubled, late or out of order
 * only changes when somebody looks, because every row is found by the sweep as well.
 */
export interface Engine {
  /** Says that there may be work for whoever answers `bell`. Never throws: a lost ring is harmless. */
  ring(bell: string): Promise<void>;
  /** Calls `handler` soon after each ring; rings during a call lead to one more call. */
  answer(bell: string, handler: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Rung for work that any replica may do. */
export const SHARED_BELL = 'shared';
