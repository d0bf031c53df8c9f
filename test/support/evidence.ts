import type { z } from 'zod';
import type { BackupRef } from '../../src/actions/backup.ts';
import type { PreflightOrder } from '../../src/wire/order.ts';

export const backup: BackupRef = {
  source: 'nightly',
  path: 'orders_2026-11-21_03-00-00.dump',
  display: '/var/backups/orders/orders_2026-11-21_03-00-00.dump',
  format: 'custom',
  compression: 'none',
  encryption: 'none',
  sizeBytes: 6_100_000,
  sha256: 'a'.repeat(64),
  version: null,
  takenAt: '2026-11-21T03:00:00.000Z',
  takenAtFrom: 'archive',
  database: 'orders',
  serverVersion: '15.20',
  dumpVersion: '15.20',
  restoredBytes: 60_000_000,
};

/** What a runner that found everything well says to a preflight. */
export function evidence(order: z.infer<typeof PreflightOrder>) {
  return {
    kind: 'evidence' as const,
    operation: order.operation,
    code: order.code,
    target: order.target,
    environment: 'staging',
    hostKey: 'operator' as const,
    host: 'db-1',
    identity: null,
    args: { target: order.target, backup },
    checks: [{ code: 'disk_space', outcome: 'pass' as const, text: '9 GB free.' }],
    problem: null,
  };
}
