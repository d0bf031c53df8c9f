import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { durationMs } from '../../config/duration.ts';
import type { SandboxConfig } from '../../config/runner-config.ts';
import { Refusal } from '../refusal.ts';
import { layoutOf } from './place.ts';
import { readRecord, type SandboxRecord, writeRecord } from './record.ts';
import { removeSandbox } from './remove.ts';

/** When a sandbox ends, and what may still be done about it. */
export interface Lifetime {
  readonly name: string;
  /** UTC ISO 8601. */
  readonly removedAt: string;
  readonly extensionsLeft: number;
}

/** Every sandbox below the configured directory, half made ones too, by name. */
export async function listSandboxes(config: Pick<SandboxConfig, 'directory'>): Promise<SandboxRecord[]> {
  const names = await readdir(config.directory).catch(() => []);
  const records = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => readRecord(join(config.directory, name))),
  );
  return records.filter((record) => record !== null);
}

/** The work on it is done: from `now` on it stays up for inspection for the configured time. */
export async function settleSandbox(config: SandboxConfig, name: string, now: Date): Promise<Lifetime> {
  const record = await requireRecord(config, name);
  return rewrite(config, { ...record, expiresAt: later(now, config.lifetime) });
}

/**
 * *Keep longer*: moves the end by the configured extension. Refuses with `sandbox_absent` when it is
 * gone, with `sandbox_extensions_used` when it was extended often enough.
 */
export async function extendSandbox(config: SandboxConfig, name: string): Promise<Lifetime> {
  const record = await requireRecord(config, name);
  if (record.extensions >= config.extensions) {
    throw new Refusal(
      'sandbox_extensions_used',
      `The sandbox ${name} was kept longer ${record.extensions} times, ${config.extensions} are allowed.`,
      `It is removed at ${record.expiresAt}; restore again if you need more time.`,
    );
  }
  const expiresAt = later(new Date(record.expiresAt), config.extension);
  return rewrite(config, { ...record, expiresAt, extensions: record.extensions + 1 });
}

/** Removes the sandboxes whose time is over, and names them. Safe to call as often as wanted. */
export async function expireSandboxes(config: SandboxConfig, now: Date): Promise<string[]> {
  const due = (await listSandboxes(config)).filter(({ expiresAt }) => new Date(expiresAt) <= now);
  const removed: string[] = [];
  for (const { name } of due) {
    if ((await removeSandbox(config.directory, name)) === 'removed') removed.push(name);
  }
  return removed;
}

/** The sandbox of this name, running or half made; null when there is none. */
export function readSandbox(
  config: Pick<SandboxConfig, 'directory'>,
  name: string,
): Promise<SandboxRecord | null> {
  return readRecord(layoutOf(config.directory, name).directory);
}

async function requireRecord(config: SandboxConfig, name: string): Promise<SandboxRecord> {
  const record = await readSandbox(config, name);
  if (record) return record;
  throw new Refusal('sandbox_absent', `There is no sandbox ${name} any more.`, 'Restore again to get one.');
}

async function rewrite(config: SandboxConfig, record: SandboxRecord): Promise<Lifetime> {
  await writeRecord(layoutOf(config.directory, record.name).directory, record);
  const extensionsLeft = Math.max(0, config.extensions - record.extensions);
  return { name: record.name, removedAt: record.expiresAt, extensionsLeft };
}

function later(from: Date, duration: string): string {
  return new Date(from.getTime() + durationMs(duration)).toISOString();
}
