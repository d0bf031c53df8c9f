import pg from 'pg';
import type { Effect } from '../../operation/effect.ts';
import type { Operation } from '../../operation/operation.ts';
import type { Lane, Store, StoredOperation } from '../store.ts';

const COLUMNS = 'o.body, o.version, o.last_leaf';
const OPEN = `state NOT IN ('succeeded', 'rejected', 'expired', 'cancelled', 'failed', 'rolled_back')`;

interface Row {
  /** Written by `commitMove` from an `Operation`, and by nothing else. */
  readonly body: Operation;
  readonly version: number;
  readonly last_leaf: string;
}

export type OperationStore = Pick<
  Store,
  | 'commitMove'
  | 'operation'
  | 'operationByCode'
  | 'operationByMessage'
  | 'openOperations'
  | 'recentOperations'
  | 'dueOperations'
>;

export function operationStore(pool: pg.Pool): OperationStore {
  const select = async (rest: string, values: readonly unknown[]): Promise<StoredOperation[]> => {
    const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM operations o ${rest}`, [...values]);
    return rows.map((row) => ({ operation: row.body, version: row.version, lastLeaf: row.last_leaf }));
  };
  const first = async (rest: string, values: readonly unknown[]): Promise<StoredOperation | null> =>
    (await select(rest, values))[0] ?? null;
  return {
    async commitMove(stored, next, records, effects, statement) {
      const firstSeq = next.records - records.length;
      try {
        const { rows } = await pool.query<{ committed: boolean }>(
          'SELECT commit_move($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS committed',
          [
            next.id,
            next.code,
            stored.version,
            next.state,
            JSON.stringify(next),
            records.at(-1)?.leafHash ?? stored.lastLeaf,
            next.dueAt,
            JSON.stringify(
              records.map(({ bytes, leafHash }, n) => ({ seq: firstSeq + n, bytes, leaf: leafHash })),
            ),
            JSON.stringify(effects.map((effect) => ({ lane: laneOf(effect), effect }))),
            statement === null ? null : JSON.stringify(statement),
          ],
        );
        return rows[0]?.committed === true ? 'committed' : 'conflict';
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.constraint === 'statements_pkey') return 'repeated';
        throw error;
      }
    },
    operation: (id) => first('WHERE o.id = $1', [id]),
    operationByCode: (code) => first('WHERE o.code = $1', [code]),
    operationByMessage: ({ channel, ts }) =>
      first('JOIN messages m ON m.operation = o.id WHERE m.channel = $1 AND m.ts = $2', [channel, ts]),
    openOperations: () => select(`WHERE ${OPEN} ORDER BY o.created_at DESC`, []),
    recentOperations: (limit) => select('ORDER BY o.created_at DESC LIMIT $1', [limit]),
    dueOperations: (now, limit) => select('WHERE o.due_at <= $1 ORDER BY o.due_at LIMIT $2', [now, limit]),
  };
}

function laneOf(effect: Effect): Lane {
  if (effect.kind === 'order') return 'runner';
  return effect.kind === 'claim' ? 'claim' : 'slack';
}
