import {
  closeSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Plan } from '../../operation/plan.ts';
import { StatedApproval } from '../../wire/order.ts';
import { Problem } from '../../wire/statement.ts';

const At = z.iso.datetime();

/** What waits for its host key, as the runner tells the operators of its host. */
export const Pending = z.strictObject({
  v: z.literal(1),
  code: z.string(),
  runner: z.string(),
  host: z.string(),
  mode: z.enum(['operator', 'same-user']),
  plan: Plan,
  digest: z.string(),
  challenge: z.string(),
  phrase: z.string().nullable(),
  /** As the bot states them: this host cannot check them. */
  approvals: z.array(StatedApproval),
  issuedAt: At,
  expiresAt: At,
});
export type Pending = z.infer<typeof Pending>;

/** What the runner says to one allowfile, for the person who waits at the terminal. */
export const Answer = z.strictObject({
  v: z.literal(1),
  challenge: z.string(),
  /** The file that it is about. */
  ino: z.string(),
  ctimeNs: z.string(),
  /** Null: the key is turned. */
  problem: Problem.nullable(),
});
export type Answer = z.infer<typeof Answer>;

export function pendingPath(directory: string, code: string): string {
  return join(directory, 'pending', `${code}.json`);
}

/** Well beyond the ten seconds for which `twokey allow` looks. */
const ANSWER_KEPT_MS = 30_000;

export function answerPath(directory: string, code: string): string {
  return join(directory, 'pending', `${code}.answer`);
}

/** Codes of the operations that wait, oldest name first; throws what the file system says. */
export function pendingCodes(directory: string): string[] {
  return readdirSync(join(directory, 'pending'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** Makes `pending`, which operators may read, and `.consumed`, which only the runner may enter. */
export function prepareDirectory(directory: string): void {
  mkdirAs(join(directory, 'pending'), 0o750);
  mkdirAs(join(directory, '.consumed'), 0o700);
}

export function publish(directory: string, pending: Pending): void {
  write(pendingPath(directory, pending.code), pending);
}

export function answer(directory: string, code: string, said: Answer): void {
  write(answerPath(directory, code), said);
}

/** The answer stays a while: the run may begin before `twokey allow` has looked for it. */
export function withdraw(directory: string, code: string): void {
  rmSync(pendingPath(directory, code), { force: true });
  setTimeout(() => rmSync(answerPath(directory, code), { force: true }), ANSWER_KEPT_MS).unref();
}

/** @throws ZodError or an error of the file system */
export function readPending(directory: string, code: string): Pending {
  return Pending.parse(JSON.parse(readFileSync(pendingPath(directory, code), 'utf8')));
}

/**
 * The group comes from the setgid bit of the directory above, which a runner outside that group cannot
 * set again: so the mode is given at the making and never changed.
 */
function mkdirAs(path: string, mode: number): void {
  const umask = process.umask(0o027);
  try {
    mkdirSync(path, { recursive: true, mode });
  } finally {
    process.umask(umask);
  }
}

/** Replaces the whole file at once: a reader sees the old one or the new one. */
function write(path: string, value: Pending | Answer): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o640);
  try {
    fchmodSync(file, 0o640);
    writeSync(file, `${JSON.stringify(value)}\n`);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
