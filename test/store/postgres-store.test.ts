import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { rangeRoot } from '../../src/audit/merkle.ts';
import { sealRecord } from '../../src/audit/record.ts';
import { withClient } from '../../src/demo/postgres/connection.ts';
import type { Operation } from '../../src/operation/operation.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, testDatabase } from '../support/embedded.ts';
import { NOW, operation } from '../support/operation.ts';

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  store = await openPostgresStore(database.connectionString, pino({ level: 'silent' }));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('one writer', () => {
  test('of two moves from the same version one commits and the other changes nothing', async () => {
    const made = await stored();
    const read = await store.operation(made.id);
    if (read === null) throw new Error('not stored');
    const move = (state: Operation['state']) => store.commitMove(read, { ...made, state }, [], [], null);
    expect((await Promise.all([move('cancelled'), move('expired')])).sort()).toEqual([
      'committed',
      'conflict',
    ]);
    expect((await store.operation(made.id))?.version).toBe(2);
  });

  test('what a runner said once moves an operation once', async () => {
    const made = await stored();
    const statement = {
      payload: {
        v: 1,
        id: randomUUID(),
        runner: 'ops-1',
        operation: made.id,
        code: made.code,
        at: NOW,
        kind: 'allowfile_refused',
        problem: { code: 'x', text: '', hint: '' },
      },
      key: 'k',
      signature: 's',
    } as const;
    const say = async () => {
      const read = await store.operation(made.id);
      return read === null ? null : store.commitMove(read, made, [], [], statement);
    };
    expect([await say(), await say()]).toEqual(['committed', 'repeated']);
    expect((await store.operation(made.id))?.version).toBe(2);
    expect(await store.statements(made.id)).toEqual([statement]);
  });
});

describe('inbox and outbox', () => {
  test('the same envelope is taken in once, and handed out to one reader at a time', async () => {
    expect([
      await store.receive('event:E1', 'event', {}),
      await store.receive('event:E1', 'event', {}),
    ]).toEqual([true, false]);
    const [one, two] = await Promise.all([store.takeInbox(10), store.takeInbox(10)]);
    expect([...one, ...two]).toHaveLength(1);
    const id = [...one, ...two][0]?.id ?? 0;
    await store.finishInbox(id, null);
    expect(await store.takeInbox(10)).toEqual([]);
  });

  test('one lane of one operation is delivered in order, different operations side by side', async () => {
    const effects = [
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'plan' },
    ] as const;
    const [a, b] = [await stored(effects), await stored(effects)];
    const first = await store.takeOutbox('slack', 10, 60_000);
    expect(first.map(({ operation: id, effect }) => [id, effect])).toEqual([
      [a.id, effects[0]],
      [b.id, effects[0]],
    ]);
    expect(await store.takeOutbox('slack', 10, 60_000)).toEqual([]);
    await store.finishOutbox(first[0]?.seq ?? 0, null);
    expect((await store.takeOutbox('slack', 10, 60_000)).map(({ operation: id }) => id)).toEqual([a.id]);
  });

  test('a lease that ran out hands the item out again, with its attempts counted and its id kept', async () => {
    const made = await stored([{ kind: 'order', order: 'run', params: {} }]);
    const mine = async (runners: readonly string[]) =>
      (await store.takeOutbox('runner', 50, 1, runners)).find((item) => item.operation === made.id);
    expect(await mine(['somebody-else'])).toBeUndefined();
    const first = await mine(['ops-1']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await mine(['ops-1']);
    expect([first?.attempts, second?.attempts, second?.id]).toEqual([1, 2, first?.id]);
  });
});

describe('the log', () => {
  test('every record is sequenced once, and the head covers them all', async () => {
    await stored();
    const sign = () => store.sequence((range) => `${range.size} ${rangeRoot(range)}`);
    await Promise.all([sign(), sign(), sign()]);
    const head = await store.newestCheckpoint();
    const leaves = await store.leaves(1_000_000);
    expect(head?.size).toBe(leaves.length);
    await sign();
    expect(await store.newestCheckpoint()).toEqual(head);
  });

  test.each(['records', 'log', 'checkpoints', 'statements'])(
    'nobody updates, deletes from or truncates %s',
    async (table) => {
      await withClient(database.connectionString, async (client) => {
        for (const sql of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
          await expect(client.query(sql)).rejects.toThrow('append-only');
        }
      });
    },
  );
});

async function stored(effects: Parameters<Store['commitMove']>[3] = []): Promise<Operation> {
  const id = randomUUID();
  const made = operation({ id, code: `OP-${id.slice(0, 8)}`, records: 1 });
  const record = sealRecord({
    v: 1,
    log: 'test',
    operation: id,
    seq: 0,
    prev: null,
    at: NOW,
    type: 'operation.requested',
    actor: { kind: 'person', id: 'U0ANA' },
    data: {},
  });
  await store.commitMove({ operation: made, version: 0, lastLeaf: null }, made, [record], effects, null);
  return made;
}
