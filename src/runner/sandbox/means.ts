import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import type { Means } from './settings.ts';

/** What this host has to spare for one sandbox now. */
export async function measureMeans(directory: string, jobs: number): Promise<Means> {
  const [memoryBytes, diskBytes] = await Promise.all([availableMemory(), freeDisk(directory)]);
  return { memoryBytes, diskBytes, jobs };
}

/** Bytes that this user may still write on the file system of `path`. */
export async function freeDisk(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** What the kernel would give without swapping, within this process's own limit. */
export async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  const host = kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(host, limit) : host;
}

/** Parallel workers when nothing is configured: one for each core that this process may use. */
export function defaultJobs(): number {
  return availableParallelism();
}
