import { execa } from 'execa';
import { ROOT } from '../repo/files.ts';

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `twokey …` from its sources in a process of its own. */
export async function twokey(args: readonly string[], cwd: string = ROOT): Promise<Ran> {
  const loader = `${ROOT}test/support/typescript-loader.mjs`;
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ['--import', loader, `${ROOT}src/main.ts`, ...args],
    {
      cwd,
      reject: false,
      timeout: 30_000,
      stdin: 'ignore',
      env: { NODE_NO_WARNINGS: '1', COLUMNS: '100' },
    },
  );
  return { exitCode, stdout, stderr };
}
