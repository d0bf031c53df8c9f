import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { OrderOf } from '../../wire/order.ts';
import type { Problem } from '../../wire/statement.ts';
import { fileKey, type HeldPlan, type JournalledOperation } from '../journal/state.ts';
import { type Self, stamp } from '../self.ts';
import { allowfileName, consentLine } from './consent.ts';
import { consume, forgetConsumed } from './consume.ts';
import { withDirectory } from './directory.ts';
import { identityOf, judgeAllowfile } from './judge-file.ts';
import { type Account, accountOf, groupId } from './operators.ts';
import { answer, publish, withdraw } from './pending.ts';
import { inDirectory, type ReadFile, type Reading, readAllowfile } from './read-file.ts';

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

/** What stands in the place of an operation's allowfile now. */
export interface Finding {
  readonly file: ReadFile | null;
  readonly owner: Account | null;
  /** Null: it turns the key. */
  readonly problem: Problem | null;
}

/** Looks at the allowfile of a held plan, and asks the name service who its owner is. */
export async function findAllowfile(self: Self, held: HeldPlan): Promise<Finding> {
  const { config, uid, now } = self;
  const { directory, group } = config.allow;
  const name = nameOf(held);
  const reading: Reading = withDirectory(directory, uid, (handle) => readAllowfile(handle, name));
  const file = reading.kind === 'file' ? reading : null;
  const owner = file === null ? null : await accountOf(file.uid);
  const problem = judgeAllowfile(reading, owner, now(), {
    line: lineOf(self, held),
    path: `${directory}/${name}`,
    issuedAt: held.challenge.at,
    expiresAt: held.challenge.expiresAt,
    mode: held.plan.hostKey,
    runnerUid: uid,
    operators: config.operators,
    group: { name: group, gid: await groupId(group) },
    spent: self.journal.state.spent,
  });
  return { file, owner, problem };
}

/** The bot hears that the key is turned, and the person at the terminal too. */
export function attest(self: Self, operation: JournalledOperation, held: HeldPlan, finding: Finding): void {
  const { file, owner } = finding;
  const slack = self.config.operators.find(({ uid }) => uid === file?.uid)?.slack;
  if (file === null || owner === null || slack === undefined)
    throw new Error('Only a file that turns the key can be attested (this is a bug)');
  self.journal.append({
    type: 'attested',
    say: {
      ...stamp(self, operation),
      kind: 'attestation',
      digest: held.challenge.digest,
      challenge: held.challenge.challenge,
      host: self.host,
      mode: held.plan.hostKey,
      operator: { uid: file.uid, user: owner.user, slack },
      file: identityOf(file),
    },
  });
  sayToTerminal(self, held, file, null);
}

/** Somebody tried and the key did not turn. */
export function refuseAllowfile(self: Self, held: HeldPlan, file: ReadFile | null, problem: Problem): void {
  const { operation, code } = held.plan;
  self.journal.append({
    type: 'said',
    order: null,
    say: { ...stamp(self, { operation, code }), kind: 'allowfile_refused', problem },
  });
  if (file !== null) sayToTerminal(self, held, file, problem);
}

/** Why the key that was attested does not turn now, at the moment of the run; null when it does. */
export async function judgeTurnedKey(
  self: Self,
  operation: JournalledOperation | undefined,
): Promise<{ readonly problem: Problem | null; readonly file: ReadFile | null }> {
  if (!operation?.held || operation.attested === null) return { problem: notTurned(), file: null };
  const { problem, file } = await findAllowfile(self, operation.held);
  if (problem !== null || file === null) return { problem: problem ?? notTurned(), file: null };
  if (fileKey(identityOf(file)) === fileKey(operation.attested.file)) return { problem: null, file };
  return {
    file,
    problem: {
      code: 'allowfile_replaced',
      text: 'The allowfile is not the one that was attested.',
      hint: 'Nothing was started. Turn both keys anew.',
    },
  };
}

/** Takes the judged file out of everybody's reach. Null when it is this very file that was taken. */
export function takeAllowfile({ config, uid }: Self, held: HeldPlan, file: ReadFile): Problem | null {
  return withDirectory(config.allow.directory, uid, (handle) => consume(handle, nameOf(held), file));
}

/** The operation is over: neither the plan nor the taken file is needed any more. */
export function forgetPlan({ config, uid }: Self, held: HeldPlan): void {
  withdraw(config.allow.directory, held.plan.code);
  withDirectory(config.allow.directory, uid, (handle) => forgetConsumed(handle, nameOf(held)));
}

export function nameOf({ plan, challenge }: HeldPlan): string {
  return allowfileName(plan.code, challenge.challenge);
}

function lineOf({ host }: Self, { plan, challenge, phrase }: HeldPlan): string {
  const { code, target } = plan;
  return consentLine({
    code,
    challenge: challenge.challenge,
    digest: challenge.digest,
    host,
    target,
    phrase,
  });
}

function sayToTerminal({ config }: Self, held: HeldPlan, file: ReadFile, problem: Problem | null): void {
  const { ino, ctimeNs } = identityOf(file);
  answer(config.allow.directory, held.plan.code, {
    v: 1,
    challenge: held.challenge.challenge,
    ino,
    ctimeNs,
    problem,
  });
}

function removeAllowfile({ config, uid }: Self, held: HeldPlan): void {
  withDirectory(config.allow.directory, uid, (handle) =>
    rmSync(inDirectory(handle, nameOf(held)), { force: true }),
  );
}

function notTurned(): Problem {
  return {
    code: 'host_key_missing',
    text: 'Nobody has turned the host key for this plan.',
    hint: 'Nothing was started. Both keys must be turned anew.',
  };
}
