import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { parseVkey } from '../../../src/audit/note.ts';
import { RunnerConfig } from '../../../src/config/runner-config.ts';
import { planDigest } from '../../../src/operation/plan.ts';
import { admit } from '../../../src/runner/admit.ts';
import type { Facts } from '../../../src/runner/gates/gate.ts';
import { foldJournal } from '../../../src/runner/journal/state.ts';
import type { Order, OrderOf } from '../../../src/wire/order.ts';
import { formatPublicKey, signPayload } from '../../../src/wire/signature.ts';
import type { Evidence, StatementOf } from '../../../src/wire/statement.ts';
import {
  BACKUP,
  base,
  DRAFT,
  holdOrder,
  logVkey,
  newSubject,
  OPERATOR,
  planFrom,
  RUNNER,
  runOrder,
  type Subject,
  TARGET,
} from './world.ts';

export const NOW = Date.now();
const HOST = 'db-1';
export const { privateKey: orderKey, publicKey } = generateKeyPairSync('ed25519');

/** What the facts of a good order are made of; each test spoils one. */
export interface World {
  subject: Subject;
  evidence: Evidence;
  plan: ReturnType<typeof planFrom>;
  hold: OrderOf<'hold'>;
  run: OrderOf<'run'>;
  challenge: StatementOf<'challenge'>;
  config: Record<string, unknown> & { targets: { orders: Record<string, unknown> } };
  attestedAt: string;
  operator: string;
  granted: boolean;
  taken: string[];
  fence: number;
  host: string;
  now: number;
  signer: typeof orderKey;
  hostKey: Facts['hostKey'];
}

export function goodWorld(): World {
  const subject = newSubject();
  const said = { ...base(subject), at: new Date(NOW - 600_000).toISOString() };
  const { notBefore: _, expiresAt: __, target: ___, ...stamped } = said;
  const evidence: Evidence = {
    ...stamped,
    kind: 'evidence',
    target: TARGET,
    environment: 'production',
    hostKey: 'operator',
    host: HOST,
    identity: null,
    args: { target: TARGET, backup: BACKUP },
    checks: [{ code: 'disk_space', outcome: 'warn', text: 'Little room.' }],
    problem: null,
  };
  const plan = planFrom(subject, evidence);
  const hold = holdOrder(subject, plan);
  const challenge: StatementOf<'challenge'> = {
    ...stamped,
    id: randomUUID(),
    kind: 'challenge',
    digest: hold.digest,
    challenge: 'f'.repeat(32),
    host: HOST,
    mode: 'operator',
    command: ['twokey', 'allow', subject.code],
    expiresAt: hold.hostKeyExpiresAt,
  };
  return {
    subject,
    evidence,
    plan,
    hold,
    run: runOrder(subject, plan, challenge, { fence: 8 }),
    challenge,
    config: {
      runner: RUNNER,
      bot: {
        url: 'wss://bot.example.com/runner',
        'order-keys': [formatPublicKey(publicKey)],
        'log-key': logVkey,
      },
      key: '/etc/twokey/runner.pem',
      state: '/var/lib/twokey',
      allow: { directory: '/run/twokey', group: 'twokey-operators' },
      operators: [{ uid: 1001, slack: OPERATOR }],
      sandbox: { directory: '/var/lib/twokey-sandbox' },
      targets: {
        orders: {
          environment: 'production',
          backups: [{ name: 'local', kind: 'folder', folder: '/var/backups', patterns: ['*.dump'] }],
          actions: ['backup.fetch', 'sandbox.create', 'sandbox.restore', 'sandbox.verify'],
        },
      },
    },
    attestedAt: new Date(NOW - 60_000).toISOString(),
    operator: OPERATOR,
    granted: false,
    taken: [],
    fence: 7,
    host: HOST,
    now: NOW,
    signer: orderKey,
    hostKey: null,
  };
}

export function factsOf(world: World, order: Order): Facts {
  const fold = foldJournal();
  const { subject, plan, hold, challenge, evidence } = world;
  const file = { dev: '1', ino: '2', ctimeNs: '3', sha256: 'a'.repeat(64) };
  const grant = (operation: string, fence: number) => ({
    type: 'granted' as const,
    operation,
    code: subject.code,
    order: randomUUID(),
    digest: hold.digest,
    challenge: 'x',
    operator: { uid: 1001, user: 'olga', slack: world.operator },
    file,
    fence,
    until: world.run.executeUntil,
  });
  fold.add({ type: 'inspected', order: randomUUID(), draft: DRAFT, say: evidence });
  fold.add({
    type: 'held',
    order: randomUUID(),
    plan,
    approvals: hold.approvals,
    phrase: null,
    say: challenge,
  });
  const { command: _, expiresAt: __, ...answered } = challenge;
  const operator = { uid: 1001, user: 'olga', slack: world.operator };
  fold.add({
    type: 'attested',
    say: { ...answered, kind: 'attestation', id: randomUUID(), at: world.attestedAt, operator, file },
  });
  fold.add(grant('another operation', world.fence));
  if (world.granted) fold.add(grant(subject.operation, world.fence));
  for (const id of world.taken)
    fold.add({
      type: 'taken',
      operation: subject.operation,
      code: subject.code,
      order: id,
      kind: 'preflight',
    });
  return {
    signed: signPayload('order', order, world.signer),
    now: world.now,
    host: world.host,
    config: RunnerConfig.parse(world.config),
    orderKeys: [publicKey],
    logKey: parseVkey(logVkey),
    journal: fold.state,
    operation: fold.state.operations.get(subject.operation),
    hostKey: world.hostKey,
  };
}

/** The code of the gate that refuses, or null. */
export const verdict = (world: World, order: Order): string | null =>
  admit(order, factsOf(world, order))?.code ?? null;

/** The plan changed, and everything that carries it or its digest changed with it. */
export function replan(world: World, change: Partial<World['plan']>): void {
  Object.assign(world.plan, change);
  world.hold.digest = world.run.digest = world.challenge.digest = planDigest(world.plan);
}
