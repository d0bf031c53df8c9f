import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The file that makes a directory ours. */
export const RECORD_FILE = 'sandbox.json';

/**
 * A process that cannot be mistaken for a later one with the same number: `start` is the boot's id and the
 * start time in clock ticks, as /proc says them.
 */
export const ProcessIdentity = z.strictObject({ pid: z.int().min(1), start: z.string().min(1) });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** What a sandbox says of itself, beside its data, so that a runner that knows nothing can judge it. */
export const SandboxRecord = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  operation: z.string().min(1),
  createdAt: z.iso.datetime(),
  /** When the runner removes it; while it is worked on, a generous limit. */
  expiresAt: z.iso.datetime(),
  /** How often *Keep longer* was used. */
  extensions: z.int().nonnegative(),
  profile: z.enum(['fast', 'faithful']),
  serverVersion: z.string().min(1),
  clientBin: z.string().startsWith('/'),
  /** True when its server has no network. */
  isolated: z.boolean(),
  operatorsGid: z.int().nonnegative(),
  /** The process that makes it; it is half made while there is no postmaster. */
  maker: ProcessIdentity,
  postmaster: ProcessIdentity.nullable(),
});
export type SandboxRecord = z.infer<typeof SandboxRecord>;

/** The record of a directory; null when it holds none that is ours. */
export async function readRecord(directory: string): Promise<SandboxRecord | null> {
  try {
    const text = await readFile(join(directory, RECORD_FILE), 'utf8');
    return SandboxRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Replaces the record as a whole: a reader, or a crash, sees the old one or the new one. */
export async function writeRecord(directory: string, record: SandboxRecord): Promise<void> {
  const draft = join(directory, `.${RECORD_FILE}.${randomBytes(4).toString('hex')}`);
  const file = await open(draft, 'wx', 0o644);
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(directory, RECORD_FILE));
}
