import type pg from 'pg';
import { SignedStatement } from '../../wire/statement.ts';
import type { PostedMessage, Store } from '../store.ts';

export type MessageStore = Pick<
  Store,
  'message' | 'rememberMessage' | 'keepStatement' | 'statements' | 'allStatements'
>;

export function messageStore(pool: pg.Pool): MessageStore {
  return {
    async message(operation, slot) {
      const { rows } = await pool.query<PostedMessage>(
        'SELECT channel, ts FROM messages WHERE operation = $1 AND slot = $2',
        [operation, slot],
      );
      return rows[0] ?? null;
    },
    async rememberMessage(operation, slot, { channel, ts }) {
      await pool.query(
        `INSERT INTO messages (operation, slot, channel, ts) VALUES ($1, $2, $3, $4)
         ON CONFLICT (operation, slot) DO UPDATE SET channel = $3, ts = $4`,
        [operation, slot, channel, ts],
      );
    },
    async keepStatement(statement) {
      const { id, runner, operation } = statement.payload;
      await pool.query(
        'INSERT INTO statements (id, runner, operation, body) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
        [id, runner, operation, JSON.stringify(statement)],
      );
    },
    async statements(operation) {
      const { rows } = await pool.query<{ body: unknown }>(
        'SELECT body FROM statements WHERE operation = $1 ORDER BY received_at',
        [operation],
      );
      return rows.map(({ body }) => SignedStatement.parse(body));
    },
    async *allStatements() {
      for (let after = ''; ; ) {
        const { rows } = await pool.query<{ id: string; body: unknown }>(
          'SELECT id::text, body FROM statements WHERE id::text > $1 ORDER BY id::text LIMIT 500',
          [after],
        );
        yield* rows.map(({ body }) => SignedStatement.parse(body));
        const last = rows.at(-1);
        if (last === undefined) return;
        after = last.id;
      }
    },
  };
}
