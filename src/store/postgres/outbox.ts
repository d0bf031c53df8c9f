import type pg from 'pg';
import type { OutboxItem, Store } from '../store.ts';

interface Row {
  readonly seq: string;
  readonly id: string;
  readonly operation: string | null;
  /** Written by `commitMove` and `enqueueReply`, and by nothing else. */
  readonly body: OutboxItem['effect'];
  readonly attempts: number;
}

export type OutboxStore = Pick<
  Store,
  | 'enqueueReply'
  | 'enqueueNote'
  | 'takeOutbox'
  | 'finishOutbox'
  | 'finishOrder'
  | 'finishSlot'
  | 'postponeOutbox'
  | 'newestOutboxSeq'
>;

export function outboxStore(pool: pg.Pool): OutboxStore {
  return {
    async enqueueReply(reply) {
      await pool.query("INSERT INTO outbox (lane, body) VALUES ('slack', $1)", [JSON.stringify(reply)]);
    },
    async enqueueNote(operation, note) {
      await pool.query("INSERT INTO outbox (lane, operation, body) VALUES ('slack', $1, $2)", [
        operation,
        JSON.stringify(note),
      ]);
    },
    async takeOutbox(lane, limit, leaseMs, runners) {
      const { rows } = await pool.query<Row>(
        `UPDATE outbox SET leased_until = now() + $3 * interval '1 millisecond', attempts = attempts + 1
         WHERE seq IN (
           SELECT seq FROM outbox o
           WHERE lane = $1 AND done_at IS NULL AND next_at <= now()
             AND (leased_until IS NULL OR leased_until < now())
             AND ($4::text[] IS NULL OR operation IN (SELECT id FROM operations WHERE body->>'runner' = ANY ($4)))
             AND NOT EXISTS (
               SELECT 1 FROM outbox earlier WHERE earlier.lane = o.lane AND earlier.done_at IS NULL
                 AND earlier.operation = o.operation AND earlier.seq < o.seq)
           ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING seq, id, operation, body, attempts`,
        [lane, limit, leaseMs, runners ?? null],
      );
      return rows
        .map((row) => ({
          seq: Number(row.seq),
          id: row.id,
          operation: row.operation,
          effect: row.body,
          attempts: row.attempts,
        }))
        .sort((a, b) => a.seq - b.seq);
    },
    async finishOutbox(seq, error) {
      await pool.query('UPDATE outbox SET done_at = now(), error = $2 WHERE seq = $1', [seq, error]);
    },
    async finishOrder(id) {
      await pool.query('UPDATE outbox SET done_at = coalesce(done_at, now()) WHERE id = $1', [id]);
    },
    async finishSlot(operation, slot, upTo) {
      await pool.query(
        `UPDATE outbox SET done_at = now() WHERE operation = $1 AND lane = 'slack' AND done_at IS NULL
         AND body->>'kind' = 'message' AND body->>'slot' = $2 AND seq <= $3`,
        [operation, slot, upTo],
      );
    },
    async postponeOutbox(seq, delayMs, error) {
      await pool.query(
        `UPDATE outbox SET leased_until = NULL, next_at = now() + $2 * interval '1 millisecond', error = $3
         WHERE seq = $1`,
        [seq, delayMs, error],
      );
    },
    async newestOutboxSeq(operation) {
      const { rows } = await pool.query<{ seq: string | null }>(
        'SELECT max(seq) AS seq FROM outbox WHERE operation = $1',
        [operation],
      );
      return Number(rows[0]?.seq ?? 0);
    },
  };
}
