import { readdirSync } from 'node:fs';
import type { HeldPlan, JournalledOperation } from '../journal/state.ts';
import type { Self } from '../self.ts';
import { attest, type Finding, findAllowfile, nameOf, refuseAllowfile, withdrawPlan } from './host-key.ts';
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
    if (self.now() > Date.parse(held.challenge.expiresAt)) expire(self, operation, held);
    else await lookFor(self, { operation, held }, seen);
  }
  lookForStrangers(self, waiting, seen);
}

function waitingPlans({ journal }: Self): Waiting[] {
  return [...journal.state.operations.values()].flatMap((operation) => {
    const { held, attested, grant } = operation;
    return held !== null && attested === null && grant === null ? [{ operation, held }] : [];
  });
}

async function lookFor(self: Self, { operation, held }: Waiting, seen: Set<string>): Promise<void> {
  const finding = await findAllowfile(self, held);
  if (!stillWaits(self, operation, held) || finding.problem?.code === 'host_key_missing') return;
  if (finding.problem === null) {
    self.log.info({ code: operation.code, operator: finding.owner?.user }, 'the host key is turned');
    attest(self, operation, held, finding);
    return;
  }
  if (isSettling(self, finding) || !isNew(seen, `${nameOf(held)} ${fingerprint(finding)}`)) return;
  self.log.warn({ code: operation.code, problem: finding.problem }, 'an allowfile was refused');
  refuseAllowfile(self, held, finding.file, finding.problem);
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
function fingerprint({ file, problem }: Finding): string {
  return file === null ? (problem?.code ?? '') : `${file.dev}:${file.ino}:${file.ctimeNs}`;
}

function expire(self: Self, { operation, code }: JournalledOperation, held: HeldPlan): void {
  const problem = {
    code: 'host_key_expired',
    text: `Nobody turned the host key until ${held.challenge.expiresAt}.`,
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
