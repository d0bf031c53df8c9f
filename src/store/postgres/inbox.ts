import type pg from 'pg';
import type { InboxItem, Store } from '../store.ts';

/** A handler that takes longer has died; another replica takes the envelope. */
const LEASE = "interval '60 seconds'";

interface Row {
  readonly id: string;
  readonly kind: InboxItem['kind'];
  readonly body: unknown;
  readonly received_at: Date;
  readonly attempts: number;
}

export type InboxStore = Pick<
  Store,
  'receive' | 'takeInbox' | 'finishInbox' | 'postponeInbox' | 'unprocessedFor'
>;

export function inboxStore(pool: pg.Pool): InboxStore {
  return {
    async receive(key, kind, body) {
      const { rowCount } = await pool.query(
        'INSERT INTO inbox (key, kind, body) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING',
        [key, kind, JSON.stringify(body)],
      );
      return rowCount === 1;
    },
    async takeInbox(limit) {
      const { rows } = await pool.query<Row>(
        `UPDATE inbox SET leased_until = now() + ${LEASE}, attempts = attempts + 1
         WHERE id IN (
           SELECT id FROM inbox WHERE done_at IS NULL AND (leased_until IS NULL OR leased_until < now())
           ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, body, received_at, attempts`,
        [limit],
      );
      return rows
        .map((row) => ({
          id: Number(row.id),
          kind: row.kind,
          body: row.body,
          receivedAt: row.received_at.toISOString(),
          attempts: row.attempts,
        }))
        .sort((a, b) => a.id - b.id);
    },
    async finishInbox(id, error) {
      await pool.query('UPDATE inbox SET done_at = now(), error = $2 WHERE id = $1', [id, error]);
    },
    async postponeInbox(id, delayMs) {
      await pool.query(
        "UPDATE inbox SET leased_until = now() + $2 * interval '1 millisecond' WHERE id = $1",
        [id, delayMs],
      );
    },
    async unprocessedFor({ channel, ts }) {
      const { rows } = await pool.query<{ n: string }>(
        `SELECT count(*) AS n FROM inbox WHERE done_at IS NULL AND kind = 'event'
         AND body->'event'->'item'->>'channel' = $1 AND body->'event'->'item'->>'ts' = $2`,
        [channel, ts],
      );
      return Number(rows[0]?.n ?? 0);
    },
  };
}
