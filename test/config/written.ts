import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { ConfigError, type ConfigProblem } from '../../src/config/problem.ts';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes files below a new directory, which is gone after the test. */
export function written(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'twokey-config-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** What a loader throws, as `line:column path: message`; fails when it throws nothing, or something else. */
export function problemsOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(line);
    throw error;
  }
  throw new Error('Expected a ConfigError, and nothing was thrown');
}

export function line({ line: at, column, path, message }: ConfigProblem): string {
  return `${at}:${column} ${path}: ${message}`;
}

export const POLICY = `policy: test
request: { roles: [engineers] }
approve: [{ role: approvers, count: 1 }]
host-key: required
expires: { approval: 30m, host-key: 15m, execution: 12h }
countdown: 0s
`;

export const COMMAND = `command: /restore test
summary: Restore a backup into a throwaway database
args:
  target: { type: target }
  backup: { type: backup, default: latest }
policy: test
steps:
  - { id: fetch, action: backup.fetch, title: Fetch, with: { backup: $backup } }
  - { id: sandbox, action: sandbox.create, title: Start, with: { backup: $backup } }
  - { id: restore, action: sandbox.restore, title: Restore, with: { backup: $backup } }
  - { id: verify, action: sandbox.verify, title: Verify }
example: [/restore test orders]
`;

export const TWOKEY = `installation: acme
slack: { mode: socket }
channels: { operations: [C0OPS], audit: C0AUDIT }
roles:
  engineers: { groups: [S0ENG] }
  approvers: { groups: [S0APP] }
targets:
  orders: { runner: ops-1, environment: production }
runners:
  ops-1: { key: 'ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }
gateway: { host: 127.0.0.1, port: 7443 }
keys: { order: keys/order.pem, log: keys/log.pem }
`;

export const RUNNER = `runner: ops-1
bot:
  url: wss://twokey.example.com/runner
  order-keys: ['ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']
  log-key: acme+01234567+AAAA
key: /etc/twokey/runner.pem
state: /var/lib/twokey/runner
allow: { directory: /run/twokey/allow, group: operators }
operators: [{ uid: 1001, slack: U0OLA }]
sandbox: { directory: /srv/twokey/sandbox }
targets:
  orders:
    environment: production
    backups: [{ name: nightly, kind: folder, folder: /var/backups/orders, patterns: ['*.dump'] }]
    actions: [backup.fetch, sandbox.create, sandbox.restore, sandbox.verify]
`;

/** `text` with one thing different; fails when it was not there, so that no test tests nothing. */
export function edited(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${JSON.stringify(from)} is not in the text`);
  return text.replace(from, () => to);
}
