import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { finding } from '../verify/findings.ts';
import { runClientProgram } from './client-program.ts';
import { unknownSettings } from './database.ts';
import { readDatabaseShape } from './database-shape.ts';
import { asServerUser, serverUser } from './os-user.ts';
import type { RestoreRequest, Restoring } from './restore.ts';
import { type Classified, classifyRestoreError, type RestoreError } from './restore-errors.ts';
import { reportSqlProgress } from './restore-progress.ts';
import { adaptHead, HARMLESS_SETTINGS } from './sql-head.ts';

/** Settings, `CREATE DATABASE` and the first objects of any dump stand within this. */
const HEAD_BYTES = 64 * 1024;

/** Restores SQL text by psql in one transaction, stopping at the first error. */
export async function openSql(request: RestoreRequest): Promise<Restoring> {
  const head = await readHead(request);
  const unknown = await unknownSettings(request.sandbox, HARMLESS_SETTINGS);
  const dropped = unknown.filter((name) => head.includes(`\nSET ${name} = `));
  return {
    shape: readDatabaseShape(head),
    findings: dropped.map((name) =>
      finding(
        'warning',
        'setting_unknown',
        `This server does not know the setting ${name} of the dump; the data does not depend on it.`,
      ),
    ),
    // Which of them own an event trigger, say, stands somewhere in the text, and one error would end it all.
    superusers: { roles: request.staged.contents.roles, stay: false },
    run: () => restoreSql(request, { head, unknownSettings: dropped }),
  };
}

interface Head {
  readonly head: string;
  readonly unknownSettings: readonly string[];
}

async function restoreSql(request: RestoreRequest, { head, unknownSettings }: Head): Promise<Classified[]> {
  const { sandbox, staged, application, signal } = request;
  const { size } = await stat(staged.path);
  const errors: RestoreError[] = [];
  let fed = 0;
  const file = createReadStream(staged.path);
  file.on('data', (chunk) => {
    fed += chunk.length;
  });
  const input = new PassThrough();
  const progress = reportSqlProgress(request.progress, size, () => fed);
  const feeding = feed(
    file,
    staged.compression,
    adaptHead({ unknownSettings }, lockFor(head)),
    input,
    signal,
  );
  try {
    const exitCode = await runClientProgram({
      sandbox,
      program: 'psql',
      // A dump can hold psql's own commands: never as root, and not at all where psql can refuse them.
      runAs: asServerUser(await serverUser()),
      args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '--single-transaction', '--no-password', '-f', '-'],
      application,
      input,
      signal,
      onLine: (line) => {
        const error = readPsqlLine(line);
        if (error) errors.push(error);
      },
    });
    input.destroy();
    return judge(exitCode, errors, await feeding);
  } finally {
    progress.stop();
    input.destroy();
    await feeding;
  }
}

/** Resolves with what went wrong while reading; null when every byte was handed over. Never rejects. */
async function feed(
  file: Readable,
  compression: 'none' | 'gzip',
  head: NodeJS.ReadWriteStream,
  input: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<Error | null> {
  try {
    if (compression === 'gzip') await pipeline(file, createGunzip(), head, input, { signal });
    else await pipeline(file, head, input, { signal });
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function judge(exitCode: number | null, errors: readonly RestoreError[], unfed: Error | null): Classified[] {
  const classified = errors.map(classifyRestoreError);
  if (exitCode === 0 && unfed) {
    const text = 'The dump could not be read to its end while it was restored: it is cut off or damaged.';
    return [...classified, { cause: 'backup', finding: finding('error', 'archive_damaged', text) }];
  }
  if (exitCode === 0 || errors.length > 0) return classified;
  const how = exitCode === null ? 'was killed' : `ended with ${exitCode}`;
  const text = `psql ${how} and named no error; look at the restore’s log and the server’s on the host.`;
  return [{ cause: 'host', finding: finding('error', 'restore_stopped', text) }];
}

/** `psql:<stdin>:120: ERROR:  …`, or psql's own `psql: error: …`. Details and contexts may quote rows. */
export function readPsqlLine(line: string): RestoreError | null {
  const server = /^psql:<stdin>:(\d+): (?:ERROR|FATAL|PANIC|error): {1,2}(.*)$/.exec(line);
  if (server) return { message: server[2] ?? '', at: `line ${server[1]}` };
  const own = /^psql: (?:error|fatal): (.*)$/.exec(line)?.[1];
  return own === undefined ? null : { message: own, at: null };
}

/** Dumps of patched versions lock psql's own commands by themselves; the others are locked here. */
function lockFor(head: string): string {
  return /^\\restrict /m.test(head) ? '' : `\\restrict ${randomBytes(16).toString('hex')}\n`;
}

async function readHead({ staged, signal }: RestoreRequest): Promise<string> {
  const file = createReadStream(staged.path);
  const text = staged.compression === 'gzip' ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => text.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of text) {
      signal.throwIfAborted();
      chunks.push(chunk);
      length += chunk.length;
      if (length >= HEAD_BYTES) break;
    }
  } finally {
    file.destroy();
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES).toString('latin1');
}
