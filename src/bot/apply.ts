import { type SealedRecord, sealRecord } from '../audit/record.ts';
import { redactData } from '../audit/redact.ts';
import type { RecordDraft } from '../operation/effect.ts';
import type { OperationEvent } from '../operation/event.ts';
import { type Outcome, refused } from '../operation/move.ts';
import type { Operation } from '../operation/operation.ts';
import { transition } from '../operation/transition.ts';
import type { Store, StoredOperation } from '../store/store.ts';
import type { SignedStatement } from '../wire/statement.ts';

/** Each conflict means that another move succeeded; so many in a row is somebody's endless loop. */
const CONFLICTS_MAX = 20;

export interface Applier {
  /** The one writer: reads, decides, commits; on conflict it reads and decides again. */
  apply(id: string, event: OperationEvent, statement?: SignedStatement): Promise<Outcome>;
  /** Stores a new operation together with its first event. */
  open(operation: Operation, event: OperationEvent): Promise<Outcome>;
}

export interface ApplierOptions {
  readonly store: Store;
  /** The log's name. */
  readonly log: string;
  /** What must never get into a record: the bot's own credentials. */
  readonly secrets: readonly string[];
  /** Called after every commit: somewhere there is work. */
  readonly changed: (operation: Operation) => void;
}

export function applier({ store, log, secrets, changed }: ApplierOptions): Applier {
  const commit = async (
    stored: StoredOperation,
    event: OperationEvent,
    statement: SignedStatement | null,
  ): Promise<Outcome | 'conflict'> => {
    const outcome = transition(stored.operation, event);
    if (outcome.kind === 'refused') return outcome;
    const drafts = outcome.records.map((draft) => ({ ...draft, data: redactData(draft.data, secrets) }));
    const records = seal(stored, drafts, event.at, log);
    const result = await store.commitMove(stored, outcome.operation, records, outcome.effects, statement);
    if (result === 'conflict') return 'conflict';
    if (result === 'repeated') return refused('statement_repeated');
    changed(outcome.operation);
    return outcome;
  };
  return {
    async apply(id, event, statement) {
      for (let attempt = 0; attempt < CONFLICTS_MAX; attempt += 1) {
        const stored = await store.operation(id);
        if (stored === null) return refused('unknown_operation', { typed: id });
        const outcome = await commit(stored, event, statement ?? null);
        if (outcome !== 'conflict') return outcome;
      }
      throw new Error(
        `Operation ${id} changed ${CONFLICTS_MAX} times while one event was applied (this is a bug)`,
      );
    },
    async open(operation, event) {
      const outcome = await commit({ operation, version: 0, lastLeaf: null }, event, null);
      if (outcome === 'conflict')
        throw new Error(`Operation ${operation.code} exists already (this is a bug)`);
      return outcome;
    },
  };
}

function seal(
  stored: StoredOperation,
  drafts: readonly RecordDraft[],
  at: string,
  log: string,
): SealedRecord[] {
  const sealed: SealedRecord[] = [];
  for (const [n, { type, actor, data }] of drafts.entries()) {
    const prev = sealed.at(-1)?.leafHash ?? stored.lastLeaf;
    const seq = stored.operation.records + n;
    sealed.push(sealRecord({ v: 1, log, operation: stored.operation.id, seq, prev, at, type, actor, data }));
  }
  return sealed;
}
