import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { CleanUp } from './clean-up.ts';
import { type HostUser, runAs } from './host-users.ts';
import type { Program } from './program-copy.ts';
import type { Say } from './say.ts';

const READY_MS = 30_000;
const STOP_MS = 12_000;
const TAIL_LINES = 15;

export interface ChildOptions {
  /** `bot`, `runner`. */
  readonly name: string;
  readonly program: Program;
  readonly args: readonly string[];
  readonly user: HostUser;
  readonly environment: Readonly<Record<string, string>>;
  /** A line of its output that says that it is ready. */
  readonly ready: string;
  /** Its output goes to `<name>.log` there. */
  readonly directory: string;
  readonly cleanUp: CleanUp;
  readonly say: Say;
}

/**
 * Starts one of the programs as its own process and user, and waits until it says that it is ready.
 *
 * @throws Error with the end of its log when it ends instead, or says nothing in time.
 */
export async function startChild(options: ChildOptions): Promise<void> {
  const { name, program, args, user, environment, ready, directory, cleanUp, say } = options;
  const { file, args: whole } = runAs(user, program.node, [program.main, ...args]);
  const logFile = join(directory, `${name}.log`);
  const log = createWriteStream(logFile, { mode: 0o600 });
  const child = execa(file, whole, {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...environment },
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    all: true,
    reject: false,
    // The terminal's Ctrl-C is for the demo, which ends its children in order.
    detached: true,
    cleanup: true,
  });
  let stopping = false;
  cleanUp.add(name, async () => {
    stopping = true;
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await child;
    clearTimeout(forced);
  });
  const lines = createInterface({ input: child.all });
  const isReady = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      log.write(`${line}\n`);
      if (line.includes(ready)) resolve();
    });
  });
  const ended = child.then(async ({ exitCode, signal }) => {
    log.end();
    const how = signal === undefined ? `ended with ${exitCode}` : `was ended by ${signal}`;
    const message = `The ${name} ${how}. The end of ${logFile}:\n${await tail(logFile)}`;
    if (!stopping) say(message);
    return message;
  });
  const outcome = await Promise.race([
    isReady.then(() => null),
    ended,
    deadline(READY_MS).then(
      async () => `The ${name} is not ready after ${READY_MS / 1000} s:\n${await tail(logFile)}`,
    ),
  ]);
  if (outcome !== null) throw new Error(outcome);
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

function deadline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
