import { Command } from 'commander';
import pino from 'pino';
import type { Verdict } from '../actions/ladder.ts';
import { processEnvironment } from '../config/environment.ts';
import { Refusal } from '../runner/refusal.ts';
import { collectSandboxes } from '../runner/sandbox/collect.ts';
import { listSandboxes } from '../runner/sandbox/lifetime.ts';
import { isRunning } from '../runner/sandbox/processes.ts';
import { removeSandbox } from '../runner/sandbox/remove.ts';
import { liveProgress } from './verify/live.ts';
import { readSandbox, readVerifyOptions, type VerifyOptions } from './verify/options.ts';
import { isOfVerify, type RestoreTest, runRestoreTest } from './verify/restore-test.ts';
import { showRestoreTest } from './verify/show.ts';

const EXIT: Readonly<Record<Verdict, number>> = { verified: 0, backup_not_verified: 1, could_not_check: 2 };

const EXAMPLES = `
Exit codes:
  0 verified, 1 not verified, 2 could not be checked

Examples:
  $ twokey verify backups/orders_2026-11-20.dump
  $ twokey verify orders.sql.gz --expect-table users=1 --expect-table shop.orders=1000 --migration-head ae1027a6
  $ twokey verify orders.sql.gz.enc --encrypted-with env:BACKUP_ENCRYPTION_KEY
  $ twokey verify latest --source-config /etc/twokey/runner.yml --target orders-prod --json
  $ twokey verify orders.dump --keep`;

/** `twokey verify`: restores a backup into a throwaway database and says whether it can be relied upon. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'Restores a backup into a throwaway database of this host and climbs the verification ladder. Touches no other database.',
    )
    .argument('[backup]', 'a file; with --source-config also `latest` or s3://bucket/key')
    .option('--source-config <runner.yml>', 'take sources, expectations and sandbox from a runner’s settings')
    .option('--target <name>', 'which of its targets')
    .option('--database <name>', 'the database that the backup must be of')
    .option('--encrypted-with <env:NAME>', 'the variable that holds the key of `openssl enc`')
    .option('--cipher <name>', 'its cipher (default: aes-256-cbc)')
    .option('--digest <name>', 'its digest (default: sha256)')
    .option('--iterations <n>', 'its PBKDF2 rounds, 0 for none (default: 10000)')
    .option(
      '--expect-table <table=rows>',
      'a table that must exist, and its fewest rows; repeatable',
      collected,
      [],
    )
    .option('--migration-head <head>', 'the newest migration that it must be at')
    .option('--migration-table <table>', 'where migrations are kept (default: found by itself)')
    .option('--profile <fast|faithful>', 'without durability, or with PostgreSQL’s own (default: fast)')
    .option('--jobs <n>', 'parallel workers (default: one for each core)')
    .option(
      '--sandbox-directory <directory>',
      'where the throwaway database is made (default: /var/tmp/twokey-<user>)',
    )
    .option('--postgres <folder>', 'a folder of PostgreSQL installations; repeatable', collected, [])
    .option('--keep', 'leave the copy up for inspection')
    .option('--remove-kept', 'remove the copies that earlier runs left up')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (backup: string | undefined, options: VerifyOptions) => {
      try {
        process.exitCode = await verify(backup, options);
      } catch (error) {
        if (error instanceof Refusal) throw new Error(`${error.message} ${error.hint}`, { cause: error });
        throw error;
      }
    });
}

function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function verify(backup: string | undefined, options: VerifyOptions): Promise<number> {
  if (options.removeKept) return removeKept(options);
  if (backup === undefined) {
    throw new Refusal('wrong_option', 'No backup was named.', 'Write twokey verify <backup>, or see --help.');
  }
  const plan = readVerifyOptions(backup, options);
  await collectSandboxes(plan.sandbox, new Date());
  const live = liveProgress(process.stderr);
  const result = await untilCancelled((signal) =>
    runRestoreTest(plan, {
      environment: processEnvironment(),
      signal,
      progress: live.show,
      log: pino({ level: 'silent' }),
      keep: options.keep === true,
    }),
  ).finally(live.end);
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : showRestoreTest(result));
  return EXIT[result.verdict];
}

/** Ctrl-C ends the test, which then cleans up; a second one does not cut that short. */
async function untilCancelled(work: (signal: AbortSignal) => Promise<RestoreTest>): Promise<RestoreTest> {
  const abort = new AbortController();
  const cancel = () => abort.abort(new Error('cancelled'));
  process.on('SIGINT', cancel).on('SIGTERM', cancel);
  try {
    return await work(abort.signal);
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel);
  }
}

async function removeKept(options: VerifyOptions): Promise<number> {
  const { directory } = readSandbox(options);
  const mine = (await listSandboxes({ directory })).filter(({ operation }) => isOfVerify(operation));
  let removed = 0;
  for (const { name, maker } of mine) {
    // Another run of this command is at work in it.
    if (await isRunning(maker)) continue;
    await removeSandbox(directory, name);
    removed += 1;
    process.stdout.write(`removed ${name}\n`);
  }
  if (removed === 0) process.stdout.write(`no copy is up in ${directory}\n`);
  return 0;
}
