import type { Canonical } from '../audit/canonical.ts';
import type { OperationEvent } from '../operation/event.ts';
import type { Operation } from '../operation/operation.ts';
import type { Store } from '../store/store.ts';
import { isSignedBy } from '../wire/signature.ts';
import type { SignedStatement, Statement } from '../wire/statement.ts';
import type { Applier } from './apply.ts';
import type { Greeted } from './gateway/handshake.ts';
import { planned } from './plan.ts';

export interface FollowContext {
  readonly store: Store;
  readonly applier: Applier;
  readonly now: () => string;
}

/** A runner said something it had no right to say; its connection is cut and an operator has to look. */
export class FalseStatement extends Error {}

/**
 * Takes in one signed statement of a runner: kept as it came, then applied. Returning means that it need
 * not be sent again.
 */
export async function follow(
  runner: Greeted,
  signed: SignedStatement,
  context: FollowContext,
): Promise<void> {
  const statement = signed.payload;
  if (statement.runner !== runner.name || !isSignedBy('statement', signed, [runner.key])) {
    throw new FalseStatement(`${runner.name} sent a statement that it did not sign`);
  }
  const stored = await context.store.operation(statement.operation);
  if (stored !== null && stored.operation.runner !== runner.name) {
    throw new FalseStatement(`${runner.name} spoke about ${stored.operation.code}, which is not its own`);
  }
  if (stored === null) return;
  const event = eventOf(statement, stored.operation, context.now());
  const outcome = await context.applier.apply(statement.operation, event, signed);
  if (outcome.kind === 'refused') await context.store.keepStatement(signed);
}

function eventOf(statement: Statement, operation: Operation, now: string): OperationEvent {
  switch (statement.kind) {
    case 'evidence':
      return planned(operation, statement, now);
    case 'challenge':
      return {
        type: 'challenge_made',
        at: now,
        digest: statement.digest,
        challenge: {
          challenge: statement.challenge,
          host: statement.host,
          mode: statement.mode,
          command: statement.command,
          expiresAt: statement.expiresAt,
        },
      };
    case 'allowfile_refused':
      return { type: 'allowfile_refused', at: now, problem: statement.problem };
    case 'attestation':
      return {
        type: 'attested',
        at: now,
        digest: statement.digest,
        attested: { challenge: statement.challenge, operator: statement.operator, at: statement.at },
        statement: statement.id,
      };
    case 'step':
      return {
        type: 'step_reported',
        at: utc(statement.at),
        step: statement.step,
        phase: statement.phase,
        durationMs: statement.durationMs,
        output: statement.output,
        problem: statement.problem,
      };
    case 'finished':
      return {
        type: 'finished',
        at: utc(statement.at),
        outcome: statement.outcome,
        verdict: statement.verdict,
        rungs: rungsAsJson(statement.rungs),
        problem: statement.problem,
        statement: statement.id,
      };
    case 'sandbox':
      return {
        type: 'sandbox_reported',
        at: now,
        event: statement.event,
        why: statement.why,
        removedAt: statement.removedAt,
        problem: statement.problem,
      };
    case 'order_refused':
      return { type: 'order_refused', at: now, order: statement.orderKind, problem: statement.problem };
  }
}

/** Records hold times in one spelling: UTC with milliseconds. */
function utc(time: string): string {
  return new Date(time).toISOString();
}

function rungsAsJson(rungs: Extract<Statement, { kind: 'finished' }>['rungs']): Canonical {
  return rungs.map((rung) => ({ ...rung, findings: rung.findings.map((finding) => ({ ...finding })) }));
}
