import { readFile } from 'node:fs/promises';

/**
 * Counts the bytes that a process and its children have read from files, by `/proc/<pid>/io`. A worker
 * that has ended keeps what it had read when it was last seen.
 */
export function countBytesRead(leader: number): () => Promise<number> {
  const seen = new Map<number, number>();
  return async () => {
    const pids = [leader, ...(await childrenOf(leader))];
    await Promise.all(
      pids.map(async (pid) => {
        const bytes = await readBytes(pid);
        if (bytes !== null) seen.set(pid, Math.max(bytes, seen.get(pid) ?? 0));
      }),
    );
    return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

async function readBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
  const bytes = /^rchar: (\d+)$/m.exec(text)?.[1];
  return bytes === undefined ? null : Number(bytes);
}
