import { Command } from 'commander';
import { exportName } from '../audit/export.ts';
import type { Outcome } from '../audit/verify/problem.ts';
import { showReceiptVerdict, showVerdict } from './audit/show.ts';
import { readKeys, readWitnesses, verifyFile } from './audit/verify-file.ts';
import { type ExportSummary, exportLog } from './export-log.ts';

/** Takes the log out of the bot's database into a file. */
export type ExportLog = (options: {
  readonly config: string;
  readonly output: string;
  readonly force: boolean;
}) => Promise<ExportSummary>;

const EXIT: Readonly<Record<Outcome, number>> = { whole: 0, broken: 1, incomplete: 2 };

const VERIFY_HELP = `
Exit codes:
  0 whole: every record is as it was signed, and what was kept elsewhere says the same
  1 broken: a record was changed, removed, added, moved or cut off; the first one is named
  2 incomplete: nothing is wrong, but not everything could be shown (no key, no witness, newest records unsigned)

Examples:
  $ twokey audit verify twokey-audit-2026-11-21.ndjson --key log.vkey --witness ops-audit/*.json
  $ twokey audit verify receipt.json --key ops.example.com/twokey+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
  $ zcat export.ndjson.gz | twokey audit verify - --key log.vkey --json`;

/** `twokey audit`: takes the audit log out, and proves what was taken out. */
export function auditCommand(parts: { exportLog: ExportLog } = { exportLog }): Command {
  const audit = new Command('audit').description(
    'Exports the audit log, and verifies an export or a receipt without the bot, its database or a network.',
  );
  audit.addHelpText(
    'after',
    '\nExample:\n  $ twokey audit export && twokey audit verify twokey-audit-*.ndjson',
  );
  return audit.addCommand(exportCommand(parts.exportLog)).addCommand(verifyCommand());
}

function exportCommand(run: ExportLog): Command {
  return new Command('export')
    .description('Writes the whole log, up to its newest checkpoint, into one file that verifies alone.')
    .option('--config <file>', "the bot's settings", 'twokey.yml')
    .option('--output <file>', 'the file (default: twokey-audit-<date>.ndjson)')
    .option('--force', 'write over a file that exists', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ twokey audit export --config /etc/twokey/twokey.yml --output audit.ndjson',
    )
    .action(async ({ config, output, force }: { config: string; output?: string; force: boolean }) => {
      const done = await run({ config, output: output ?? exportName(new Date()), force });
      process.stdout.write(`${done.output}: ${done.records} records, ${done.checkpoints} checkpoints\n`);
    });
}

interface VerifyOptions {
  readonly key: readonly string[];
  readonly witness: readonly string[];
  readonly json: boolean;
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Verifies an export or a receipt, and names the first record that is not as it was signed.')
    .argument('<file>', 'from `twokey audit export`, or a receipt; - for standard input')
    .option('--key <vkey or file>', "the log's public key, or a file of such keys; repeatable", collected, [])
    .option(
      '--witness <file...>',
      'checkpoints kept elsewhere: Slack channel exports, archives, other exports, notes',
      collected,
      [],
    )
    .option('--json', 'print the verdict as JSON', false)
    .addHelpText('after', VERIFY_HELP)
    .action(async (file: string, { key, witness, json }: VerifyOptions) => {
      const keys = await readKeys(key);
      const witnesses = await readWitnesses(witness);
      const verified = await verifyFile(file, { keys, witnesses }, process.stderr);
      process.stdout.write(json ? `${JSON.stringify(verified, null, 2)}\n` : shown(verified));
      process.exitCode = EXIT[verified.outcome];
    });
}

function shown(verified: Awaited<ReturnType<typeof verifyFile>>): string {
  return verified.kind === 'receipt' ? showReceiptVerdict(verified) : showVerdict(verified);
}

function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
