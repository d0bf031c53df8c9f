import type { KeyObject } from 'node:crypto';
import type { Vkey } from '../../audit/note.ts';
import type { RunnerConfig } from '../../config/runner-config.ts';
import type { Order, OrderOf, SignedOrder } from '../../wire/order.ts';
import type { Problem } from '../../wire/statement.ts';
import type { JournalledOperation, JournalState } from '../journal/state.ts';

/** Everything that the gates look at, gathered before the first of them decides. */
export interface Facts {
  readonly signed: SignedOrder;
  /** Milliseconds of the host's clock. */
  readonly now: number;
  /** This host, by its name. */
  readonly host: string;
  readonly config: RunnerConfig;
  readonly orderKeys: readonly KeyObject[];
  readonly logKey: Vkey;
  readonly journal: JournalState;
  /** What the journal has of the order's operation. */
  readonly operation: JournalledOperation | undefined;
  /** Why the allowfile, looked at just now, does not turn the host key; null when it does. */
  readonly hostKey: Problem | null;
}

/** Decides one thing, from facts alone: null to go on, else why not. */
export type Gate<Asked extends Order = Order> = (order: Asked, facts: Facts) => Problem | null;

/** The orders that carry a plan. */
export type PlannedOrder = OrderOf<'hold' | 'run'>;

export function no(code: string, text: string, hint: string): Problem {
  return { code, text, hint };
}
