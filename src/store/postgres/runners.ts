import type pg from 'pg';
import type { Store } from '../store.ts';

export type RunnerStore = Pick<Store, 'nextFence' | 'runnerConnected' | 'runnerGone' | 'runners'>;

export function runnerStore(pool: pg.Pool): RunnerStore {
  return {
    async nextFence(runner) {
      const { rows } = await pool.query<{ fence: string }>(
        `INSERT INTO runners (name, fence) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET fence = runners.fence + 1 RETURNING fence`,
        [runner],
      );
      return Number(rows[0]?.fence);
    },
    async runnerConnected(runner, replica, host, version) {
      await pool.query(
        `INSERT INTO runners (name, replica, host, version, connected_at, seen_at)
         VALUES ($1, $2, $3, $4, now(), now())
         ON CONFLICT (name) DO UPDATE SET replica = $2, host = $3, version = $4, connected_at = now(), seen_at = now()`,
        [runner, replica, host, version],
      );
    },
    async runnerGone(runner, replica) {
      await pool.query(
        'UPDATE runners SET replica = NULL, seen_at = now() WHERE name = $1 AND replica = $2',
        [runner, replica],
      );
    },
    async runners() {
      const { rows } = await pool.query<{
        name: string;
        replica: string | null;
        host: string | null;
        version: string | null;
        connected_at: Date | null;
        seen_at: Date | null;
      }>('SELECT name, replica, host, version, connected_at, seen_at FROM runners ORDER BY name');
      return rows.map(({ connected_at, seen_at, ...row }) => ({
        ...row,
        connectedAt: connected_at?.toISOString() ?? null,
        seenAt: seen_at?.toISOString() ?? null,
      }));
    },
  };
}
