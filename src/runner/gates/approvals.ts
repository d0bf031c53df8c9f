import type { RunnerConfig } from '../../config/runner-config.ts';
import { type Gate, no, type PlannedOrder } from './gate.ts';

/** This host's own minimum of distinct people, whatever a policy says; who asked is none of them. */
export const enoughApprovals: Gate<PlannedOrder> = (order, { config }) => {
  const people = new Set(order.approvals.map(({ person }) => person));
  if (people.has(order.plan.requester))
    return no(
      'requester_approved',
      `${order.plan.requester} asked for this and stands among its approvals.`,
      'Somebody else must approve.',
    );
  const least = minimum(order, config);
  return people.size >= least
    ? null
    : no(
        'approvals_too_few',
        `${people.size} people approved; this host asks for ${least}.`,
        'Ask more people, or change `minimum` in runner.yml on the host.',
      );
};

/** A hold order does not say whether it breaks the glass; the run order does, and then the row counts. */
function minimum(order: PlannedOrder, { minimum: rows }: RunnerConfig): number {
  if (order.kind === 'hold') return Math.min(rows.normal, rows['break-glass']);
  return order.breakGlass ? rows['break-glass'] : rows.normal;
}
