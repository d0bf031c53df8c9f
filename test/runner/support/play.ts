import type { Plan } from '../../../src/operation/plan.ts';
import type { OrderOf } from '../../../src/wire/order.ts';
import type { StatementOf } from '../../../src/wire/statement.ts';
import type { Gateway } from './gateway.ts';
import type { Host } from './host.ts';
import { holdOrder, newSubject, planFrom, preflightOrder, runOrder, type Subject } from './world.ts';

export interface Held {
  readonly subject: Subject;
  readonly plan: Plan;
  readonly challenge: StatementOf<'challenge'>;
}

/** Plays an operation up to where its host key waits to be turned. */
export async function heldPlan({ gateway }: Host, phrase: string | null = null): Promise<Held> {
  const subject = newSubject();
  const own = ({ operation }: Subject): boolean => operation === subject.operation;
  await gateway.until(() => gateway.hellos.length > 0, 'hello');
  gateway.order(preflightOrder(subject));
  const plan = planFrom(subject, await gateway.statement('evidence', own));
  gateway.order(holdOrder(subject, plan, phrase));
  return { subject, plan, challenge: await gateway.statement('challenge', own) };
}

/** And further: the key is turned, the run order is made and not yet sent. */
export async function readyToRun(host: Host): Promise<Held & { readonly run: OrderOf<'run'> }> {
  const held = await heldPlan(host);
  turnKey(host, held);
  await host.gateway.statement('attestation', ({ operation }) => operation === held.subject.operation);
  return { ...held, run: runOrder(held.subject, held.plan, held.challenge) };
}

/** What `twokey allow` writes, written in its place: starting a process takes a second. */
export function turnKey(host: Host, { subject, plan, challenge }: Held): void {
  host.writeAllowfile(
    `${subject.code}.${challenge.challenge}`,
    `twokey-allow-v1 ${subject.code} ${challenge.challenge} ${challenge.digest.slice(0, 16)} ${challenge.host} ${plan.target}\n`,
  );
}

/** The steps that the bot has heard of, in order and without repeats. */
export function stepsOf(gateway: Gateway, { operation }: Subject): string[] {
  const reports = gateway.statements.filter(
    (statement): statement is StatementOf<'step'> =>
      statement.kind === 'step' && statement.operation === operation,
  );
  const once = new Map(reports.map((report) => [report.id, `${report.step} ${report.phase}`]));
  return [...once.values()];
}
