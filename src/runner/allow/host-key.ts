import type { Problem } from '../../wire/statement.ts';
import { fileKey, type HeldPlan, type JournalledOperation } from '../journal/state.ts';
import { type Self, stamp } from '../self.ts';
import { consentLine } from './consent.ts';
import { consume } from './consume.ts';
import { withDirectory } from './directory.ts';
import { nameOf } from './hold.ts';
import { identityOf, judgeAllowfile } from './judge-file.ts';
import { type Account, accountOf, groupId } from './operators.ts';
import { answer } from './pending.ts';
import { type ReadFile, type Reading, readAllowfile } from './read-file.ts';

/** What was found in the place of a held plan's allowfile. */
export interface Finding {
  readonly file: ReadFile | null;
  readonly owner: Account | null;
  /** Null: it turns the key. */
  readonly problem: Problem | null;
}

/** What stands in the place of a held plan's allowfile. */
export function readPlace({ config, uid }: Self, held: HeldPlan): Reading {
  return withDirectory(config.allow.directory, uid, (handle) => readAllowfile(handle, nameOf(held)));
}

/** Judges what was read, by the accounts of this host as they are now. */
export async function judgeReading(self: Self, held: HeldPlan, reading: Reading): Promise<Finding> {
  const { config, uid, now } = self;
  const { directory, group } = config.allow;
  const file = reading.kind === 'file' ? reading : null;
  const owner = file === null ? null : await accountOf(file.uid);
  const problem = judgeAllowfile(reading, owner, now(), {
    line: lineOf(self, held),
    path: `${directory}/${nameOf(held)}`,
    issuedAt: held.challenge.at,
    expiresAt: held.challenge.expiresAt,
    mode: held.plan.hostKey,
    runnerUid: uid,
    operators: config.operators,
    group: { name: group, gid: file === null ? null : await groupId(group) },
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
  const { held } = operation;
  const { problem, file } = await judgeReading(self, held, readPlace(self, held));
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

function notTurned(): Problem {
  return {
    code: 'host_key_missing',
    text: 'Nobody has turned the host key for this plan.',
    hint: 'Nothing was started. Both keys must be turned anew.',
  };
}
