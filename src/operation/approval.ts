/** So many people of one role. A policy holds a set of these; each person fills one slot at most. */
export interface RequiredApproval {
  readonly role: string;
  readonly count: number;
}

/** One person's recorded decision on one plan digest. Kept for ever; the latest of a person counts. */
export interface Vote {
  readonly person: string;
  readonly name: string;
  readonly decision: 'approve' | 'withdraw' | 'deny';
  /** Roles that the person held when Slack was asked at the vote. */
  readonly roles: readonly string[];
  readonly digest: string;
  readonly at: string;
  readonly source: 'reaction' | 'button' | 'reconcile';
}

export interface Quorum {
  readonly complete: boolean;
  /** Who fills which role's slot. */
  readonly filled: readonly { readonly role: string; readonly person: string }[];
  /** Slots still empty, per role. */
  readonly missing: readonly RequiredApproval[];
}

/** The approvals of `digest` that stand: the latest decision of each person, where it is `approve`. */
export function standingApprovals(votes: readonly Vote[], digest: string): Vote[] {
  const latest = new Map<string, Vote>();
  for (const vote of votes) if (vote.digest === digest) latest.set(vote.person, vote);
  return [...latest.values()].filter(({ decision }) => decision === 'approve');
}

/**
 * Fills as many slots as can be filled at once, so that a person of two roles never takes the slot
 * that only they could have left to another (maximum bipartite matching by augmenting paths).
 */
export function quorum(
  required: readonly RequiredApproval[],
  approvals: readonly { readonly person: string; readonly roles: readonly string[] }[],
): Quorum {
  const slots = required.flatMap(({ role, count }) => Array.from({ length: count }, () => role));
  const holder = new Map<number, string>();
  for (const { person } of approvals) seat(person, slots, holder, approvals, new Set());
  const filled = [...holder]
    .sort(([a], [b]) => a - b)
    .map(([slot, person]) => ({ role: slots[slot] ?? '', person }));
  const missing = required
    .map(({ role, count }) => ({ role, count: count - filled.filter((slot) => slot.role === role).length }))
    .filter(({ count }) => count > 0);
  return { complete: missing.length === 0 && slots.length > 0, filled, missing };
}

function seat(
  person: string,
  slots: readonly string[],
  holder: Map<number, string>,
  approvals: readonly { readonly person: string; readonly roles: readonly string[] }[],
  tried: Set<number>,
): boolean {
  const roles = approvals.find((approval) => approval.person === person)?.roles ?? [];
  for (const [slot, role] of slots.entries()) {
    if (!roles.includes(role) || tried.has(slot)) continue;
    tried.add(slot);
    const occupant = holder.get(slot);
    if (occupant === undefined || seat(occupant, slots, holder, approvals, tried)) {
      holder.set(slot, person);
      return true;
    }
  }
  return false;
}
