import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxConfig } from '../../config/runner-config.ts';
import { DRAFT_PREFIX } from './local-cluster.ts';
import { layoutOf } from './place.ts';
import { endProcesses, isRunning, postmasterOf } from './processes.ts';
import { readRecord, type SandboxRecord } from './record.ts';
import { clear, GONE_PREFIX, removeSandbox } from './remove.ts';
import { makerOf, WORK_PREFIX } from './work-directory.ts';

/** What collecting decided about one entry of the sandbox directory. */
export interface Collected {
  readonly name: string;
  readonly action: 'kept' | 'removed' | 'ignored';
  /** In a few words: `expired`, `its server is dead`. */
  readonly why: string;
}

/**
 * Goes through what earlier runs left in the sandbox directory: keeps sandboxes that run and have time
 * left and those that a living process is making, removes the others, ignores what is not ours. To be
 * called when a runner starts. One entry that cannot be removed does not stop the rest.
 */
export async function collectSandboxes(config: SandboxConfig, now: Date): Promise<Collected[]> {
  const names = await readdir(config.directory).catch(() => []);
  const collected: Collected[] = [];
  for (const name of names.sort()) collected.push(await collect(config.directory, name, now));
  return collected;
}

async function collect(base: string, name: string, now: Date): Promise<Collected> {
  const directory = join(base, name);
  try {
    if (name.startsWith(WORK_PREFIX)) return await collectWork(directory, name);
    const record = await readRecord(directory);
    if (record === null) return await collectUnmarked(directory, name);
    const why = await reasonToRemove(base, name, record, now);
    if (why === null) return { name, action: 'kept', why: `until ${record.expiresAt}` };
    if (name.startsWith(GONE_PREFIX)) await finishRemoval(base, name);
    else await removeSandbox(base, name);
    return { name, action: 'removed', why };
  } catch (error) {
    return { name, action: 'ignored', why: error instanceof Error ? error.message : String(error) };
  }
}

/** A fetched backup whose maker is dead; one that never said its maker, only when it is empty. */
async function collectWork(directory: string, name: string): Promise<Collected> {
  const maker = await makerOf(directory);
  if (maker === null) return collectUnmarked(directory, name);
  if (await isRunning(maker)) return { name, action: 'kept', why: 'its maker is at work' };
  await rm(directory, { recursive: true, force: true });
  return { name, action: 'removed', why: 'a fetched backup whose maker ended' };
}

/** A crash can leave an empty directory of ours before its record, or after it; anything else is a stranger's. */
async function collectUnmarked(directory: string, name: string): Promise<Collected> {
  const ours = [DRAFT_PREFIX, GONE_PREFIX, WORK_PREFIX].some((prefix) => name.startsWith(prefix));
  const seen = await lstat(directory);
  if (ours && seen.isDirectory() && (await readdir(directory)).length === 0) {
    await clear(directory);
    return { name, action: 'removed', why: 'an empty remainder' };
  }
  return { name, action: 'ignored', why: 'it has no record of ours' };
}

async function reasonToRemove(
  base: string,
  name: string,
  record: SandboxRecord,
  now: Date,
): Promise<string | null> {
  const madeByTheLiving = await isRunning(record.maker);
  if (name.startsWith(GONE_PREFIX)) return 'its removal was interrupted';
  if (record.postmaster === null || name.startsWith(DRAFT_PREFIX)) {
    return madeByTheLiving ? null : 'it was half made when its maker ended';
  }
  if (new Date(record.expiresAt) <= now) return 'its time is over';
  const running = await postmasterOf(layoutOf(base, name).data);
  return running?.start === record.postmaster.start ? null : 'its server is dead';
}

async function finishRemoval(base: string, name: string): Promise<void> {
  const layout = layoutOf(base, name);
  await endProcesses(layout.directory, layout.data);
  await clear(layout.directory);
}
