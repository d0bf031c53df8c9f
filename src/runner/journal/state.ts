import type { Canonical } from '../../audit/canonical.ts';
import type { Draft, Plan } from '../../operation/plan.ts';
import type { StatedApproval } from '../../wire/order.ts';
import type {
  Attestation,
  Evidence,
  Finished,
  Problem,
  Statement,
  StatementOf,
  StepReport,
} from '../../wire/statement.ts';
import type { Entry, EntryOf } from './entry.ts';

/** A plan that has, or had, a challenge. */
export interface HeldPlan {
  readonly plan: Plan;
  readonly approvals: readonly StatedApproval[];
  readonly phrase: string | null;
  readonly challenge: StatementOf<'challenge'>;
}

/** What the journal has of one operation. */
export interface JournalledOperation {
  readonly operation: string;
  readonly code: string;
  readonly inspected: { readonly draft: Draft; readonly evidence: Evidence } | null;
  readonly held: HeldPlan | null;
  readonly attested: Attestation | null;
  readonly grant: EntryOf<'granted'> | null;
  /** Why the walk turned back; the first reason stays. */
  readonly stopped: Problem | null;
  /** Every report of every step, in order. */
  readonly reports: readonly StepReport[];
  readonly finished: Finished | null;
}

/** The journal, folded. */
export interface JournalState {
  readonly operations: ReadonlyMap<string, JournalledOperation>;
  /** Orders that were taken: each is taken once. */
  readonly orders: ReadonlySet<string>;
  /** Orders whose answer was still being worked out. */
  readonly unanswered: ReadonlyMap<string, EntryOf<'taken'>>;
  /** What the bot has not acknowledged, oldest first. */
  readonly unacked: ReadonlyMap<string, Statement>;
  /** Files and challenges that have turned a key: see {@link fileKey}. */
  readonly spent: ReadonlySet<string>;
  /** The highest fence of any grant. */
  readonly fence: number;
}

export type StepPhase = StepReport['phase'] | 'pending';

export function stepPhase(operation: JournalledOperation, step: string): StepPhase {
  return operation.reports.findLast((report) => report.step === step)?.phase ?? 'pending';
}

/** What a step put out when it ended, undone since or not; undefined when it never ended. */
export function stepOutput(operation: JournalledOperation, step: string): Canonical | undefined {
  return operation.reports.find((report) => report.step === step && report.phase === 'ended')?.output;
}

/** Names one very file: an inode number alone is used again. */
export function fileKey(file: EntryOf<'granted'>['file']): string {
  return `${file.dev}:${file.ino}:${file.ctimeNs}:${file.sha256}`;
}

/** Folds entries one by one; {@link JournalFold.state} is a live view of what was folded so far. */
export interface JournalFold {
  readonly state: JournalState;
  add(entry: Entry): void;
}

export function foldJournal(): JournalFold {
  const operations = new Map<string, JournalledOperation>();
  const orders = new Set<string>();
  const unanswered = new Map<string, EntryOf<'taken'>>();
  const unacked = new Map<string, Statement>();
  const spent = new Set<string>();
  let fence = 0;

  function add(entry: Entry): void {
    const subject = subjectOf(entry);
    if (subject !== null) {
      const before = operations.get(subject.operation) ?? unknownOperation(subject.operation, subject.code);
      operations.set(subject.operation, operationAfter(before, entry));
    }
    if ('order' in entry && entry.order !== null) {
      orders.add(entry.order);
      if (entry.type === 'taken') unanswered.set(entry.order, entry);
      else unanswered.delete(entry.order);
    }
    if ('say' in entry && entry.say !== null) unacked.set(entry.say.id, entry.say);
    if (entry.type === 'acked') unacked.delete(entry.statement);
    if (entry.type === 'granted') {
      fence = Math.max(fence, entry.fence);
      spent.add(fileKey(entry.file)).add(entry.challenge);
    }
  }

  const state = {
    operations,
    orders,
    unanswered,
    unacked,
    spent,
    get fence() {
      return fence;
    },
  };
  return { state, add };
}

/** The operation after one entry about it. Pure. */
export function operationAfter(operation: JournalledOperation, entry: Entry): JournalledOperation {
  switch (entry.type) {
    case 'inspected':
      return { ...operation, inspected: { draft: entry.draft, evidence: entry.say } };
    case 'held': {
      const { plan, approvals, phrase, say } = entry;
      return { ...operation, held: { plan, approvals, phrase, challenge: say }, attested: null };
    }
    case 'revoked':
      return operation.grant === null ? { ...operation, held: null, attested: null } : operation;
    case 'attested':
      return { ...operation, attested: entry.say };
    case 'granted':
      return { ...operation, grant: entry };
    case 'stopped':
      return { ...operation, stopped: operation.stopped ?? entry.problem };
    case 'step': {
      const stopped = entry.say.phase === 'failed' ? entry.say.problem : null;
      return {
        ...operation,
        reports: [...operation.reports, entry.say],
        stopped: operation.stopped ?? stopped,
      };
    }
    case 'finished':
      return { ...operation, finished: entry.say };
    default:
      return operation;
  }
}

function subjectOf(entry: Entry): { operation: string; code: string } | null {
  if (entry.type === 'opened' || entry.type === 'acked' || entry.type === 'taken') return null;
  if (entry.type === 'said') return null;
  return 'operation' in entry ? entry : entry.say;
}

function unknownOperation(operation: string, code: string): JournalledOperation {
  return {
    operation,
    code,
    inspected: null,
    held: null,
    attested: null,
    grant: null,
    stopped: null,
    reports: [],
    finished: null,
  };
}
