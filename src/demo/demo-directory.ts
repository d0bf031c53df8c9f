import { chmod, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isRunning, listProcesses, type SeenProcess, signal, untilEnded } from './processes.ts';
import { patiently, type Say } from './say.ts';

/** Says whose a demo's directory is: a process of one boot of the host. */
const Marker = z.strictObject({ pid: z.int(), startedAt: z.number().nullable(), boot: z.string() });

const PREFIX = 'twokey-demo-';
const MARKER = 'demo.json';
/** A directory without a marker this young may be a demo that just begins. */
const BEGINNING_MS = 60_000;
const TERM_MS = 3_000;
const KILL_MS = 5_000;

/** A new directory that says whose it is. Others may pass through it, as the demo's users must. */
export async function makeDemoDirectory(parent = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(parent, PREFIX));
  const own = await identify(process.pid);
  const marker = { pid: process.pid, startedAt: own?.startedAt ?? null, boot: await bootId() };
  await writeFile(join(directory, MARKER), JSON.stringify(marker));
  await chmod(directory, 0o755);
  return directory;
}

/** True while another demo runs on this host, so that what demos share must stay. */
export async function anotherDemoRuns(own: string, parent = tmpdir()): Promise<boolean> {
  const others = (await demoDirectories(parent)).filter((directory) => directory !== own);
  return (await Promise.all(others.map(isLive))).some(Boolean);
}

/** Ends what still runs in a demo's directory and removes it; the last thing that a demo does. */
export async function removeDemoDirectory(directory: string, say: Say): Promise<void> {
  await endAll((one) => belongsTo(one, directory));
  await patiently(say, `Removing ${directory}`, rm(directory, { recursive: true, force: true }));
}

/** The directories of this user's demos, living and dead. */
export async function demoDirectories(parent = tmpdir()): Promise<string[]> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  const own = await Promise.all(
    names.map(async (name) => {
      const found = await lstat(join(parent, name)).catch(() => null);
      return found?.isDirectory() && found.uid === userInfo().uid ? [join(parent, name)] : [];
    }),
  );
  return own.flat();
}

/** True while the demo that made it runs. */
export async function isLive(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, MARKER), 'utf8').catch(() => null);
  const marker = Marker.safeParse(parseJson(text ?? ''));
  if (marker.success) return marker.data.boot === (await bootId()) && (await isRunning(marker.data));
  const found = await lstat(directory).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs < BEGINNING_MS;
}

/** Only servers at work in it and programs that were started with it: never a person's shell or pager. */
function belongsTo({ program, argv, workingDirectory }: SeenProcess, directory: string): boolean {
  const inside = `${directory}/`;
  if (program === 'postgres') return workingDirectory?.startsWith(inside) ?? false;
  return program === 'node' && argv.some((word) => word.includes(inside));
}

/** Ends every process that fits, by force if need be. @throws Error that names those that do not end. */
export async function endAll(belongs: (one: SeenProcess) => boolean): Promise<void> {
  const found = (await listProcesses()).filter(belongs);
  // Its files are going away, so a server need not flush them; SIGQUIT still frees its shared memory.
  for (const { pid, program } of found) signal(pid, program === 'postgres' ? 'SIGQUIT' : 'SIGTERM');
  await untilEnded(
    found.map(({ pid }) => pid),
    TERM_MS,
  );
  const deaf = (await listProcesses()).filter(belongs).map(({ pid }) => pid);
  for (const pid of deaf) signal(pid, 'SIGKILL');
  const immortal = await untilEnded(deaf, KILL_MS);
  if (immortal.length > 0)
    throw new Error(
      `Processes ${immortal.join(', ')} of an earlier demo do not end; end them, and start again`,
    );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}
