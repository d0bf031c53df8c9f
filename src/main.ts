#!/usr/bin/env node
import { CommanderError } from 'commander';
import { program } from './cli/program.ts';

/**
 * `twokey <command> …`. Exit codes: 0 done, 1 what was looked at is not as it should be (each command
 * says what that means), 2 it could not be done: a wrong option, a wrong setting, something not there.
 */
async function main(args: readonly string[]): Promise<void> {
  try {
    await (await program(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCode(error);
  }
}

function exitCode(error: unknown): number {
  // Commander has said what is wrong by then; its only zero is for help and version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(`twokey: ${error instanceof Error ? error.message : String(error)}`);
  if (isBug(error)) console.error(error.stack);
  return 2;
}

/** What no setting explains: people can only report it, so they need all of it. */
function isBug(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof ReferenceError;
}

// The reader of our output may leave early (`twokey check | head`); the exit code stays what it would be.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await main(process.argv.slice(2));
