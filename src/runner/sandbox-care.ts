import type { Order, OrderOf } from '../wire/order.ts';
import type { Problem, StatementOf } from '../wire/statement.ts';
import { problemOf } from './execute/bounded.ts';
import { collectSandboxes } from './sandbox/collect.ts';
import { expireSandboxes, extendSandbox, listSandboxes } from './sandbox/lifetime.ts';
import { removeSandbox } from './sandbox/remove.ts';
import { sandboxName } from './sandbox/sandbox.ts';
import { type Self, type Subject, stamp } from './self.ts';

const EXPIRE_EVERY_MS = 15_000;

type Said = Pick<StatementOf<'sandbox'>, 'event' | 'why' | 'removedAt' | 'problem'>;

/** Does what the buttons ask for, and tells the bot what became of it. */
export async function obeySandboxOrder(self: Self, order: OrderOf<'sandbox'>): Promise<void> {
  const said = await asked(self, order).catch((error: unknown): Said => {
    self.log.warn({ err: error, code: order.code }, 'a sandbox order could not be done');
    return refused(problemOf(error, 'The sandbox'));
  });
  say(self, order, order, said);
}

/** Ends what earlier runs left behind, once; then what is over, again and again. Resolves after the first look. */
export async function startSandboxCare(self: Self): Promise<{ close(): Promise<void> }> {
  await collect(self).catch((error: unknown) =>
    self.log.error({ err: error }, 'leftover sandboxes not collected'),
  );
  let turn: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    turn = turn.then(() =>
      expire(self).catch((error: unknown) => self.log.error({ err: error }, 'sandboxes not expired')),
    );
  }, EXPIRE_EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await turn;
    },
  };
}

async function asked({ config, journal }: Self, order: OrderOf<'sandbox'>): Promise<Said> {
  const name = sandboxName(order.code);
  if (order.request === 'extend') {
    const { removedAt } = await extendSandbox(config.sandbox, name);
    return { event: 'extended', why: 'asked', removedAt, problem: null };
  }
  const operation = journal.state.operations.get(order.operation);
  if (operation?.grant && operation.finished === null)
    return refused({
      code: 'operation_running',
      text: `${order.code} is still working on its sandbox.`,
      hint: 'Cancel the operation, or wait until it has ended.',
    });
  await removeSandbox(config.sandbox.directory, name);
  return { event: 'removed', why: 'asked', removedAt: null, problem: null };
}

async function collect(self: Self): Promise<void> {
  const { config, log, now } = self;
  const codes = await codesByName(self);
  for (const { name, action, why } of await collectSandboxes(config.sandbox, new Date(now()))) {
    log.info({ name, action, why }, 'looked at a sandbox of an earlier run');
    if (action === 'removed') removedByItself(self, codes.get(name), 'leftover');
  }
}

async function expire(self: Self): Promise<void> {
  const codes = await codesByName(self);
  for (const name of await expireSandboxes(self.config.sandbox, new Date(self.now()))) {
    self.log.info({ name }, 'a sandbox was removed: its time was over');
    removedByItself(self, codes.get(name), 'expired');
  }
}

async function codesByName({ config }: Self): Promise<Map<string, string>> {
  return new Map((await listSandboxes(config.sandbox)).map(({ name, operation }) => [name, operation]));
}

function removedByItself(self: Self, code: string | undefined, why: 'expired' | 'leftover'): void {
  const operation = [...self.journal.state.operations.values()].findLast((known) => known.code === code);
  if (operation !== undefined)
    say(self, operation, null, { event: 'removed', why, removedAt: null, problem: null });
}

function refused(problem: Problem): Said {
  return { event: 'refused', why: 'asked', removedAt: null, problem };
}

function say(self: Self, subject: Subject, order: Order | null, said: Said): void {
  self.journal.append({
    type: 'said',
    order: order?.id ?? null,
    say: { ...stamp(self, subject), kind: 'sandbox', ...said },
  });
}
