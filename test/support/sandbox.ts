import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxConfig } from '../../src/config/runner-config.ts';
import { choosePostgres } from '../../src/runner/sandbox/choose.ts';
import { findInstallations } from '../../src/runner/sandbox/installations.ts';
import { listSandboxes } from '../../src/runner/sandbox/lifetime.ts';
import { localClusters } from '../../src/runner/sandbox/local-cluster.ts';
import { removeSandbox } from '../../src/runner/sandbox/remove.ts';
import type { Sandbox, SandboxRequest } from '../../src/runner/sandbox/sandbox.ts';

/** A sandbox directory of the test's own, removed with everything that runs in it. */
export interface SandboxPlace {
  readonly config: SandboxConfig;
  create(overrides?: Partial<SandboxRequest>): Promise<Sandbox>;
  cleanUp(): Promise<void>;
}

export async function sandboxPlace(settings: Partial<SandboxConfig> = {}): Promise<SandboxPlace> {
  const parent = await mkdtemp(join(tmpdir(), 'tk-'));
  // A server that drops root must be able to pass.
  await chmod(parent, 0o755);
  const place = sandboxPlaceAt(join(parent, 's'), settings);
  const cleanUp = async () => {
    await place.cleanUp();
    await rm(parent, { recursive: true, force: true });
  };
  return { ...place, cleanUp };
}

/** The same in a directory that the caller owns. */
export function sandboxPlaceAt(directory: string, settings: Partial<SandboxConfig> = {}): SandboxPlace {
  const config = { ...SandboxConfig.parse({ directory }), ...settings };
  return {
    config,
    create: async (overrides = {}) => localClusters(directory).create({ ...(await request()), ...overrides }),
    cleanUp: async () => {
      for (const { name } of await listSandboxes(config)) await removeSandbox(directory, name);
    },
  };
}

async function request(): Promise<SandboxRequest> {
  const installations = await findInstallations(['/usr/lib/postgresql']);
  const { choice } = choosePostgres(installations, {
    format: 'custom',
    serverVersion: '15.1',
    dumpVersion: '15.1',
  });
  if (!choice) throw new Error('These tests need PostgreSQL 15 in /usr/lib/postgresql');
  return {
    operation: 'OP-TEST',
    choice,
    profile: 'fast',
    jobs: 2,
    operatorUsers: [],
    operatorsGid: process.getgid?.() ?? 0,
    signal: new AbortController().signal,
  };
}
