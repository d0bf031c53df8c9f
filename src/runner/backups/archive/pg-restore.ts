import { execa } from 'execa';
import type { Refusal } from '../../refusal.ts';
import { backupCorrupt } from '../refusals.ts';

/**
 * Lets pg_restore read an archive to its end and write the SQL nowhere. Only for archives that Node
 * cannot decompress: it is slower than our own reading, and says nothing of how far it has come.
 *
 * @returns what is wrong with the archive, or null.
 */
export async function checkWithPgRestore(
  program: string,
  archive: string,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const { exitCode, stderr, failed, code } = await execa(program, ['--file=/dev/null', archive], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (!failed && stderr === '') return null;
  if (exitCode === undefined)
    throw new Error(`${program} could not be run or was ended (${code ?? 'by a signal'})`);
  // Its words name items of the archive, never rows.
  const said = stderr.split('\n').find((line) => line.includes('error:')) ?? `exit code ${exitCode}`;
  return backupCorrupt(
    `pg_restore cannot read it to its end: ${said.replace(/^.*?error:\s*/, '').slice(0, 200)}.`,
  );
}
