import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { OrderOf } from '../../wire/order.ts';
import type { HeldPlan } from '../journal/state.ts';
import { type Self, stamp } from '../self.ts';
import { allowfileName } from './consent.ts';
import { forgetConsumed } from './consume.ts';
import { withDirectory } from './directory.ts';
import { publish, withdraw } from './pending.ts';
import { inDirectory } from './read-file.ts';

const DEFAULT_DIRECTORY = '/run/twokey';

/**
 * Makes a challenge for an admitted plan, and shows both to the operators of this host before anybody
 * is told to look.
 */
export function holdPlan(self: Self, order: OrderOf<'hold'>): void {
  const { journal } = self;
  const before = journal.state.operations.get(order.operation);
  if (before?.held) removeAllowfile(self, before.held);
  const { plan, approvals, phrase } = order;
  const challenge = newChallenge(self, order);
  publishPlan(self, { plan, approvals, phrase, challenge });
  journal.append({ type: 'held', order: order.id, plan, approvals, phrase, say: challenge });
}

function newChallenge(self: Self, order: OrderOf<'hold'>): HeldPlan['challenge'] {
  const { directory } = self.config.allow;
  const elsewhere = directory === DEFAULT_DIRECTORY ? [] : ['--directory', directory];
  return {
    ...stamp(self, order),
    kind: 'challenge',
    digest: order.digest,
    challenge: randomBytes(16).toString('hex'),
    host: self.host,
    mode: order.plan.hostKey,
    command: ['twokey', 'allow', order.code, ...elsewhere],
    expiresAt: order.hostKeyExpiresAt,
  };
}

export function publishPlan({ config, host }: Self, { plan, challenge, approvals, phrase }: HeldPlan): void {
  publish(config.allow.directory, {
    v: 1,
    code: plan.code,
    runner: config.runner,
    host,
    mode: plan.hostKey,
    plan,
    digest: challenge.digest,
    challenge: challenge.challenge,
    phrase,
    approvals: [...approvals],
    issuedAt: challenge.at,
    expiresAt: challenge.expiresAt,
  });
}

/** Takes a plan back from the operators; a file that answered it is void and goes. */
export function withdrawPlan(self: Self, held: HeldPlan): void {
  withdraw(self.config.allow.directory, held.plan.code);
  removeAllowfile(self, held);
}

/** The operation is over: neither the plan nor the taken file is needed any more. */
export function forgetPlan({ config, uid }: Self, held: HeldPlan): void {
  withdraw(config.allow.directory, held.plan.code);
  withDirectory(config.allow.directory, uid, (handle) => forgetConsumed(handle, nameOf(held)));
}

/** What the allowfile of a held plan is called. */
export function nameOf({ plan, challenge }: HeldPlan): string {
  return allowfileName(plan.code, challenge.challenge);
}

function removeAllowfile({ config, uid }: Self, held: HeldPlan): void {
  withDirectory(config.allow.directory, uid, (handle) =>
    rmSync(inDirectory(handle, nameOf(held)), { force: true }),
  );
}
