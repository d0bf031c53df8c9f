import { readdirSync } from 'node:fs';
import { TURNED_KEY_MAX_MS } from '../gates/grant.ts';
import type { HeldPlan, JournalledOperation } from '../journal/state.ts';
import type { Self } from '../self.ts';
import { nameOf, withdrawPlan } from './hold.ts';
import { attest, type Finding, judgeReading, readPlace, refuseAllowfile } from './host-key.ts';
import type { Reading } from './read-file.ts';
import { watchDirectory } from './watch.ts';

/** A file that says the wrong thing may still be in the middle of being written, by an editor or `echo`. */
const SETTLING_MS = 1_000;
/** Strange names are remembered up to here, so that a flood of them cannot fill the memory. */
const REMEMBERED_MAX = 1_000;

/** Watches for allowfiles of held plans, until it is closed. */
export function startLookOut(self: Self): { close(): Promise<void> } {
  const seen = new Set<string>();
  let turn: Promise<void> = Promise.resolve();
  let waiting = false;
  let trouble: string | null = null;

  /** One look at a time; any number of calls during one make one more. */
  function look(): void {
    if (waiting) return;
    waiting = true;
    turn = turn.then(async () => {
      waiting = false;
      try {
        await lookOnce(self, seen);
        trouble = null;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== trouble) self.log.error({ err: error }, 'the allow directory could not be read');
        trouble = message;
      }
    });
  }

  const watcher = watchDirectory(self.config.allow.directory, look, self.log);
  return {
    async close() {
      watcher.close();
      await turn;
    },
  };
}

interface Waiting {
  readonly operation: JournalledOperation;
  readonly held: HeldPlan;
}

async function lookOnce(self: Self, seen: Set<string>): Promise<void> {
  const waiting = waitingPlans(self);
  for (const { operation, held } of waiting) {
    if (isOver(self, operation, held)) expire(self, operation, held);
    else if (operation.attested === null) await lookFor(self, { operation, held }, seen);
  }
  lookForStrangers(self, waiting, seen);
}

function waitingPlans({ journal }: Self): Waiting[] {
  return [...journal.state.operations.values()].flatMap((operation) => {
    const { held, grant } = operation;
    return held !== null && grant === null ? [{ operation, held }] : [];
  });
}

/** The name service is asked only about a file that was not judged before. */
async function lookFor(self: Self, { operation, held }: Waiting, seen: Set<string>): Promise<void> {
  const reading = readPlace(self, held);
  const key = `${nameOf(held)} ${fingerprint(reading)}`;
  if (reading.kind === 'absent' || seen.has(key)) return;
  const finding = await judgeReading(self, held, reading);
  if (!stillWaits(self, operation, held)) return;
  if (finding.problem === null) {
    self.log.info({ code: operation.code, operator: finding.owner?.user }, 'the host key is turned');
    attest(self, operation, held, finding);
    return;
  }
  if (isSettling(self, finding) || !isNew(seen, key)) return;
  self.log.warn({ code: operation.code, problem: finding.problem }, 'an allowfile was refused');
  refuseAllowfile(self, held, finding.file, finding.problem);
}

/** A key that was turned keeps for a while: the claim and the countdown take theirs. */
function isOver({ now }: Self, { attested }: JournalledOperation, { challenge }: HeldPlan): boolean {
  return attested === null
    ? now() > Date.parse(challenge.expiresAt)
    : now() > Date.parse(attested.at) + TURNED_KEY_MAX_MS;
}

/** The name service took its time: an order may have changed everything meanwhile. */
function stillWaits({ journal }: Self, { operation }: JournalledOperation, held: HeldPlan): boolean {
  const now = journal.state.operations.get(operation);
  return now?.held === held && now.attested === null && now.grant === null;
}

function isSettling({ now }: Self, { file, problem }: Finding): boolean {
  const unfinished = problem?.code === 'allowfile_content' || problem?.code === 'allowfile_changed';
  return unfinished && file !== null && now() - Number(file.mtimeNs / 1_000_000n) < SETTLING_MS;
}

/** A file is refused once; when it is changed it is another one. */
function fingerprint(reading: Reading): string {
  return reading.kind === 'file' ? `${reading.dev}:${reading.ino}:${reading.ctimeNs}` : reading.kind;
}

function expire(self: Self, { operation, code }: JournalledOperation, held: HeldPlan): void {
  const problem = {
    code: 'host_key_expired',
    text: 'The time to turn the host key, or to use it, is over.',
    hint: 'Nothing was started. Ask anew when the people are there.',
  };
  self.journal.append({ type: 'revoked', operation, code, order: null, problem, say: null });
  withdrawPlan(self, held);
}

/** A file for a challenge that is void, or for none: somebody is late, mistaken, or trying things. */
function lookForStrangers(self: Self, waiting: readonly Waiting[], seen: Set<string>): void {
  const known = [...self.journal.state.operations.values()].flatMap(({ held }) =>
    held === null ? [] : [nameOf(held)],
  );
  for (const name of readdirSync(self.config.allow.directory)) {
    if (name === 'pending' || name.startsWith('.') || known.includes(name) || !isNew(seen, name)) continue;
    self.log.warn({ name }, 'a file in the allow directory answers no challenge');
    const meant = waiting.find(({ operation }) => name.startsWith(`${operation.code}.`));
    if (meant === undefined) continue;
    refuseAllowfile(self, meant.held, null, {
      code: 'allowfile_other_challenge',
      text: `${name} answers another challenge than the one that waits now.`,
      hint: `Type on the host: twokey allow ${meant.operation.code}`,
    });
  }
}

function isNew(seen: Set<string>, key: string): boolean {
  if (seen.has(key) || seen.size >= REMEMBERED_MAX) return false;
  seen.add(key);
  return true;
}
