import type { KeyObject } from 'node:crypto';
import { signCheckpoint } from '../audit/checkpoint.ts';
import { rangeRoot } from '../audit/merkle.ts';
import type { Store } from '../store/store.ts';

/** Puts records into the log and signs its heads. */
export interface LogKeeper {
  readonly origin: string;
  /** When it returns, every record committed before the call is under a signed checkpoint. */
  sequence(): Promise<void>;
}

export function logKeeper(store: Store, origin: string, key: KeyObject): LogKeeper {
  return {
    origin,
    sequence: () =>
      store.sequence((range) => signCheckpoint({ origin, size: range.size, root: rangeRoot(range) }, key)),
  };
}
