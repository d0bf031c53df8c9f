import type { KeyObject } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { parseVkey, type Vkey } from '../audit/note.ts';
import type { RunnerConfig } from '../config/runner-config.ts';
import { parsePublicKey } from '../wire/signature.ts';
import type { Works } from './actions/works.ts';
import { startLookOut } from './allow/look-out.ts';
import { prepareHostKey, restoreHeldPlans } from './allow/prepare.ts';
import { startBeginner } from './begin.ts';
import { connect, type Link, type LinkTimes } from './connect.ts';
import { actionContexts, type Environment, workDirectory } from './context.ts';
import type { WalkParts } from './execute/step.ts';
import type { Introduction } from './handshake.ts';
import type { Incoming } from './incoming.ts';
import { openJournal } from './journal/journal.ts';
import { readKeyFile } from './key-file.ts';
import { type Operations, startOperations } from './operations.ts';
import { startOrderQueue } from './order-queue.ts';
import type { ResolveBackup } from './preflight.ts';
import { startReporter } from './report.ts';
import { startSandboxCare } from './sandbox-care.ts';
import type { Self } from './self.ts';
import { clearWork, prepareState, requireOwnUser } from './state-directory.ts';
import { answerInterrupted, type TakeParts, takeOrder } from './take-order.ts';
import { programVersion } from './version.ts';

/** Steps that may not be cut short, and undos, have so long when the runner is told to end. */
const DRAIN_MS = 60_000;
/** And what was said last has so long to reach the bot; it is not lost when it does not. */
const FLUSH_MS = 3_000;

export interface AgentOptions {
  /** Where secrets are read from. */
  readonly environment: Environment;
  /** Best one of `runnerLog`, which knows what must not be written. */
  readonly log: Logger;
  readonly works: Works;
  readonly resolveBackup: ResolveBackup;
  readonly linkTimes?: LinkTimes;
  readonly beginPatienceMs?: number;
}

export interface Agent {
  /** Turns back what may be turned back, says so to the bot, and ends. Safe to call twice. */
  close(): Promise<void>;
  /** Resolves when the agent has ended; rejects when its journal broke, and nothing more may be done. */
  readonly ended: Promise<void>;
}

/**
 * Starts the agent: the journal first, then what an earlier process left, then the way to the bot.
 *
 * @throws Refusal, JournalDamaged, or an error of the file system: then nothing is running.
 */
export async function startAgent(config: RunnerConfig, options: AgentOptions): Promise<Agent> {
  const uid = requireOwnUser();
  prepareState(config.state, uid);
  const keys = {
    own: readKeyFile(config.key, uid),
    orders: config.bot['order-keys'].map(parsePublicKey),
    log: parseVkey(config.bot['log-key']),
  };
  const self = await openSelf(config, uid, options.log);
  try {
    return await assemble(self, keys, options);
  } catch (error) {
    await self.journal.close();
    throw error;
  }
}

interface Keys {
  readonly own: KeyObject;
  readonly orders: readonly KeyObject[];
  readonly log: Vkey;
}

async function assemble(self: Self, keys: Keys, options: AgentOptions): Promise<Agent> {
  const { config, journal, log } = self;
  const { environment, works, resolveBackup } = options;
  let link: Link | null = null;
  const linked = (): Link | null => link;
  const ending = startEnding();
  const reporter = startReporter(journal, keys.own, linked, log);
  const beginner = startBeginner(linked, options.beginPatienceMs);
  const contextFor = actionContexts(self, environment, reporter.progress);
  const walking: WalkParts = {
    works,
    beginner,
    workDirectory: (operation) => workDirectory(self, operation),
    contextFor: (plan, step, signal) => contextFor(plan, step.id, signal, plan),
  };
  const operations = startOperations(self, walking, ending.fail);
  const sandboxes = await takeUpAgain(self, operations);
  const lookOut = startLookOut(self);
  const taking: TakeParts = {
    orderKeys: keys.orders,
    logKey: keys.log,
    operations,
    preflight: { works, resolveBackup, environment, contextFor },
    received: (order) => void link?.send({ type: 'received', order }),
  };
  const orders = startOrderQueue((raw) => takeOrder(self, taking, raw), log, ending.fail);
  const hear = (frame: Incoming): void => {
    if (frame.type === 'order') orders.take(frame.order);
    else if (frame.type === 'ack') reporter.acked(frame.id);
    else if (frame.type === 'begun') beginner.answer(frame);
  };
  const events = { up: reporter.up, down: reporter.down, frame: hear };
  link = connect(config.bot.url, introduction(self, keys), events, log, options.linkTimes);

  let closing: Promise<void> | null = null;
  async function end(): Promise<void> {
    await orders.close();
    if (!(await operations.drain(stopping(), DRAIN_MS)))
      log.error('work is still under way; the next start goes on from the journal');
    await lookOut.close();
    await sandboxes.close();
    await flush(self, linked);
    reporter.close();
    linked()?.close();
    await journal.close();
    ending.done();
  }
  return {
    ended: ending.promise,
    close() {
      closing ??= end();
      return closing;
    },
  };
}

function introduction({ config, host, journal }: Self, { own, orders }: Keys): Introduction {
  return {
    runner: config.runner,
    host,
    version: programVersion(),
    targets: Object.keys(config.targets),
    privateKey: own,
    orderKeys: orders,
    journal: () => ({ id: journal.id, seq: journal.seq, fence: journal.state.fence }),
  };
}

/** The journal, and the self-test of the host key: without either nothing is started. */
async function openSelf(config: RunnerConfig, uid: number, log: Logger): Promise<Self> {
  const journal = await openJournal(config.state, config.runner);
  const self: Self = { config, host: hostname(), uid, journal, log, now: Date.now };
  log.info({ journal: journal.id, lines: journal.seq, fence: journal.state.fence }, 'journal opened');
  if (journal.torn > 0)
    log.warn({ bytes: journal.torn }, 'the last line of the journal was torn by a crash and was cut off');
  try {
    await prepareHostKey(self);
    return self;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** Goes on where an earlier process ended: its plans, its leftovers, its unanswered orders, its walks. */
async function takeUpAgain(self: Self, operations: Operations) {
  restoreHeldPlans(self);
  clearWork(self);
  const sandboxes = await startSandboxCare(self);
  answerInterrupted(self);
  for (const { operation, grant, finished } of self.journal.state.operations.values())
    if (grant !== null && finished === null) operations.walk(operation);
  return sandboxes;
}

async function flush({ journal, now }: Self, link: () => Link | null): Promise<void> {
  const deadline = now() + FLUSH_MS;
  while (journal.state.unacked.size > 0 && link()?.isUp() && now() < deadline) await sleep(20);
}

/** How the agent's end is told: once, well or not. */
function startEnding() {
  let done: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  promise.catch(() => {});
  return { promise, done: () => done(), fail: (error: Error) => fail(error) };
}

function stopping() {
  return {
    code: 'runner_stopped',
    text: 'The runner was told to end.',
    hint: 'What was done is undone. Ask anew when the runner is back.',
  };
}
