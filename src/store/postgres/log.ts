import type pg from 'pg';
import { append, type CompactRange, emptyRange } from '../../audit/merkle.ts';
import type { Store } from '../store.ts';

/** Any number: the one advisory lock under which the log grows. */
const SEQUENCER_LOCK = 7_207_001;
const BATCH = 1000;

export type LogStore = Pick<
  Store,
  | 'sequence'
  | 'newestCheckpoint'
  | 'checkpoints'
  | 'logIndex'
  | 'leaves'
  | 'logEntries'
  | 'record'
  | 'records'
>;

export function logStore(pool: pg.Pool): LogStore {
  const checkpoints = async (rest: string): Promise<{ size: number; note: string }[]> => {
    const { rows } = await pool.query<{ size: string; note: string }>(
      `SELECT size, note FROM checkpoints ${rest}`,
    );
    return rows.map(({ size, note }) => ({ size: Number(size), note }));
  };
  return {
    async sequence(sign) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query('SELECT pg_advisory_xact_lock($1)', [SEQUENCER_LOCK]);
        await grow(client, sign);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
    newestCheckpoint: async () => (await checkpoints('ORDER BY size DESC LIMIT 1'))[0] ?? null,
    checkpoints: () => checkpoints('ORDER BY size'),
    async logIndex(operation, seq) {
      const { rows } = await pool.query<{ index: string }>(
        'SELECT index FROM log WHERE operation = $1 AND seq = $2',
        [operation, seq],
      );
      return rows[0] === undefined ? null : Number(rows[0].index);
    },
    async leaves(size) {
      const { rows } = await pool.query<{ leaf: string }>(
        'SELECT leaf FROM log WHERE index < $1 ORDER BY index',
        [size],
      );
      return rows.map(({ leaf }) => leaf);
    },
    async *logEntries(size) {
      for (let from = 0; ; from += BATCH) {
        const { rows } = await pool.query<{ index: string; leaf: string; bytes: string }>(
          `SELECT l.index, l.leaf, r.bytes FROM log l JOIN records r USING (operation, seq)
           WHERE l.index >= $1 AND l.index < $2 ORDER BY l.index LIMIT $3`,
          [from, size, BATCH],
        );
        yield* rows.map((row) => ({ ...row, index: Number(row.index) }));
        if (rows.length < BATCH) return;
      }
    },
    async record(operation, seq) {
      const { rows } = await pool.query<{ bytes: string }>(
        'SELECT bytes FROM records WHERE operation = $1 AND seq = $2',
        [operation, seq],
      );
      return rows[0]?.bytes ?? null;
    },
    async records(operation) {
      const { rows } = await pool.query<{ seq: number; bytes: string }>(
        'SELECT seq, bytes FROM records WHERE operation = $1 ORDER BY seq',
        [operation],
      );
      return rows;
    },
  };
}

async function grow(client: pg.PoolClient, sign: (range: CompactRange) => string): Promise<void> {
  const newest = await client.query<{ range: CompactRange }>(
    'SELECT range FROM checkpoints ORDER BY size DESC LIMIT 1',
  );
  let range = newest.rows[0]?.range ?? emptyRange;
  const { rows } = await client.query<{ operation: string; seq: number; leaf: string }>(
    `SELECT r.operation, r.seq, r.leaf FROM records r
     WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.operation = r.operation AND l.seq = r.seq)
     ORDER BY r.written`,
  );
  if (rows.length === 0) return;
  for (const { operation, seq, leaf } of rows) {
    await client.query('INSERT INTO log (index, operation, seq, leaf) VALUES ($1, $2, $3, $4)', [
      range.size,
      operation,
      seq,
      leaf,
    ]);
    range = append(range, leaf);
  }
  await client.query('INSERT INTO checkpoints (size, range, note) VALUES ($1, $2, $3)', [
    range.size,
    JSON.stringify(range),
    sign(range),
  ]);
}
