import type { KeyObject } from 'node:crypto';
import type { Vkey } from '../audit/note.ts';
import type { OrderOf, SignedOrder } from '../wire/order.ts';
import type { Finished, Problem } from '../wire/statement.ts';
import { admit, readOrder } from './admit.ts';
import { holdPlan, withdrawPlan } from './allow/hold.ts';
import { judgeTurnedKey, takeAllowfile } from './allow/host-key.ts';
import { identityOf } from './allow/judge-file.ts';
import { withdraw } from './allow/pending.ts';
import type { ReadFile } from './allow/read-file.ts';
import { problemOf } from './execute/bounded.ts';
import { TAKEN_BEFORE } from './gates/envelope.ts';
import type { Operations } from './operations.ts';
import { type PreflightParts, preflight } from './preflight.ts';
import { obeySandboxOrder } from './sandbox-care.ts';
import { type Self, type Subject, stamp } from './self.ts';

/** Refusals of what nobody we know has signed are remembered up to here: a stranger cannot fill the disk. */
const UNACKED_FOR_STRANGERS_MAX = 1_000;

export interface TakeParts {
  readonly orderKeys: readonly KeyObject[];
  readonly logKey: Vkey;
  readonly operations: Operations;
  readonly preflight: PreflightParts;
  /** Tells the bot that the order is in good hands. */
  readonly received: (order: string) => void;
}

/**
 * Takes one order: through its gates, into the journal, and only then is it called received. An order
 * that never gets that far is offered again.
 *
 * @throws JournalBroken
 */
export async function takeOrder(self: Self, parts: TakeParts, raw: unknown): Promise<void> {
  const read = readOrder(raw);
  if (read.kind === 'malformed') {
    self.log.error({ problem: read.problem }, 'an order was not understood');
    if (read.of !== null && !self.journal.state.orders.has(read.of.id)) refuse(self, read.of, read.problem);
    if (read.of !== null) parts.received(read.of.id);
    return;
  }
  const order = read.signed.payload;
  const { problem, file } = await gate(self, parts, read.signed);
  if (problem === null) obey(self, parts, read.signed, file);
  else if (problem.code !== TAKEN_BEFORE) refuse(self, order, problem);
  parts.received(order.id);
}

async function gate(
  self: Self,
  { orderKeys, logKey }: TakeParts,
  signed: SignedOrder,
): Promise<{ readonly problem: Problem | null; readonly file: ReadFile | null }> {
  const order = signed.payload;
  const operation = self.journal.state.operations.get(order.operation);
  const turned =
    order.kind === 'run'
      ? await judgeTurnedKey(self, operation).catch((error: unknown) => {
          self.log.error({ err: error, code: order.code }, 'the allowfile could not be looked at');
          return { problem: problemOf(error, 'The look at the allowfile'), file: null };
        })
      : { problem: null, file: null };
  const problem = admit(order, {
    signed,
    now: self.now(),
    host: self.host,
    config: self.config,
    orderKeys,
    logKey,
    journal: self.journal.state,
    operation: self.journal.state.operations.get(order.operation),
    hostKey: turned.problem,
  });
  return { problem, file: turned.file };
}

/** Everything here is done at once: between the gates and the journal nothing else of this runner happens. */
function obey(self: Self, parts: TakeParts, { payload: order }: SignedOrder, file: ReadFile | null): void {
  self.log.info({ code: order.code, order: order.id, kind: order.kind }, 'order admitted');
  switch (order.kind) {
    case 'preflight':
      beginTaken(self, parts, order, async (cancel) => {
        const evidence = await preflight(self, parts.preflight, order, cancel);
        self.journal.append({ type: 'inspected', order: order.id, draft: order.draft, say: evidence });
      });
      return;
    case 'sandbox':
      beginTaken(self, parts, order, () => obeySandboxOrder(self, order));
      return;
    case 'hold':
      holdPlan(self, order);
      return;
    case 'run':
      grant(self, parts, order, file);
      return;
    case 'cancel':
      cancel(self, parts, order);
  }
}

function beginTaken(
  { journal }: Self,
  { operations }: TakeParts,
  { id, kind, operation, code }: OrderOf<'preflight' | 'sandbox'>,
  work: (cancel: AbortSignal) => Promise<void>,
): void {
  journal.append({ type: 'taken', operation, code, order: id, kind });
  operations.begin(operation, work);
}

/** The file first, then the grant: a crash between them leaves a file that turns nothing. */
function grant(self: Self, parts: TakeParts, order: OrderOf<'run'>, file: ReadFile | null): void {
  const operation = self.journal.state.operations.get(order.operation);
  if (!operation?.held || operation.attested === null || file === null)
    throw new Error('A run order passed its gates without a key (this is a bug)');
  const problem = takeAllowfile(self, operation.held, file);
  if (problem !== null) {
    refuse(self, order, problem);
    return;
  }
  self.journal.append({
    type: 'granted',
    operation: order.operation,
    code: order.code,
    order: order.id,
    digest: order.digest,
    challenge: order.challenge,
    operator: operation.attested.operator,
    file: identityOf(file),
    fence: order.fence,
    until: order.executeUntil,
  });
  withdraw(self.config.allow.directory, order.code);
  parts.operations.walk(order.operation);
}

/** A walk turns back; a plan that waits is forgotten; for anything else there is nothing to stop. */
function cancel(self: Self, { operations }: TakeParts, order: OrderOf<'cancel'>): void {
  const { operation: id, code } = order;
  const operation = self.journal.state.operations.get(id);
  const problem = {
    code: 'cancelled',
    text: `It was stopped: ${order.reason}.`,
    hint: 'Ask anew when you want it.',
  };
  if (operation?.grant) {
    self.journal.append({ type: 'stopped', operation: id, code, order: order.id, problem });
  } else {
    const say: Finished = {
      ...stamp(self, order),
      kind: 'finished',
      outcome: 'rolled_back',
      verdict: null,
      rungs: [],
      problem,
    };
    self.journal.append({ type: 'revoked', operation: id, code, order: order.id, problem, say });
    if (operation?.held) withdrawPlan(self, operation.held);
  }
  operations.abort(id);
}

/** Orders whose answer died with the last process get the one answer that is true. */
export function answerInterrupted(self: Self): void {
  for (const { order, kind, operation, code } of [...self.journal.state.unanswered.values()])
    refuse(
      self,
      { id: order, kind, operation, code },
      {
        code: 'interrupted',
        text: 'The runner ended while it was at work on this.',
        hint: 'Nothing was changed. Ask anew.',
      },
    );
}

function refuse(
  self: Self,
  order: Subject & { readonly id: string; readonly kind: string },
  problem: Problem,
): void {
  self.log.warn({ code: order.code, order: order.id, kind: order.kind, problem }, 'order refused');
  const unsigned = problem.code === 'order_form' || problem.code === 'order_signature';
  if (unsigned && self.journal.state.unacked.size >= UNACKED_FOR_STRANGERS_MAX) return;
  self.journal.append({
    type: 'said',
    order: order.id,
    say: { ...stamp(self, order), kind: 'order_refused', order: order.id, orderKind: order.kind, problem },
  });
}
