import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { BackupRef } from '../../actions/backup.ts';
import { SecretError } from '../../config/secrets.ts';
import type { ActionContext, ActionWork, Check } from '../action.ts';
import { checkOpenssl } from '../backups/decrypt.ts';
import { decryptionOf, openSource } from '../backups/sources/open-source.ts';
import { stageBackup } from '../backups/stage.ts';
import { readStaged } from '../backups/staged-record.ts';
import { Refusal } from '../refusal.ts';
import { findInstallations } from '../sandbox/installations.ts';
import { freeDisk } from '../sandbox/means.ts';

/** Where `backup.fetch` leaves the backup for the later steps of its operation: see `readStaged`. */
export function stagedDirectory({ workDirectory }: Pick<ActionContext, 'workDirectory'>): string {
  return join(workDirectory, 'backup');
}

export const backupFetch: ActionWork<'backup.fetch'> = {
  async preflight({ backup }, context) {
    const checks = [() => checkSource(backup, context), () => checkDisk(backup, context)];
    if (backup.encryption === 'openssl') checks.push(() => checkOpenssl(context.environment, context.signal));
    return Promise.all(checks.map(refusalsAsChecks));
  },
  async run({ backup }, context) {
    const pgRestore = await newestPgRestore(context);
    const { rungs } = await stageBackup(backup, { ...context, pgRestore }, stagedDirectory(context));
    return { rungs: [...rungs] };
  },
  async undo(_input, context) {
    await rm(stagedDirectory(context), { recursive: true, force: true });
  },
  async probe(_input, context) {
    return readStaged(stagedDirectory(context)).then(
      () => 'happened' as const,
      () => 'not-happened' as const,
    );
  },
};

async function checkSource(backup: BackupRef, context: ActionContext): Promise<Check> {
  const config = context.target.backups.find(({ name }) => name === backup.source);
  if (!config) {
    throw new Refusal(
      'backup_outside_sources',
      `The source \`${backup.source}\` is not configured.`,
      'Add it to this target in `runner.yml`.',
    );
  }
  await openSource(config, context.environment).stat(backup.path, context.signal, backup.version);
  if (backup.encryption === 'openssl') decryptionOf(config, context.environment, context.signal)?.();
  return { code: 'backup_source', outcome: 'pass', text: `${backup.display} can be read.` };
}

/** A gzip around an archive is taken off, and an archive hardly shrinks under it. */
const UNZIPPED = 1.2;
const SPARE_BYTES = 64 * 1024 * 1024;

async function checkDisk(backup: BackupRef, context: ActionContext): Promise<Check> {
  const source = context.target.backups.find(({ name }) => name === backup.source);
  const unzipped = backup.format === 'custom' && backup.compression === 'gzip';
  const copies = [
    source?.kind === 's3' ? backup.sizeBytes : 0,
    backup.encryption !== 'none' || unzipped ? backup.sizeBytes * (unzipped ? UNZIPPED : 1) : 0,
  ];
  const need = copies.reduce((sum, bytes) => sum + bytes, 0);
  const code = 'fetch_disk_space';
  if (need === 0) return { code, outcome: 'pass', text: 'The backup is read where it lies.' };
  const free = await freeDisk(await nearestFolder(context.workDirectory));
  const text = `${prettyBytes(Math.ceil(need))} for the fetched backup, ${prettyBytes(free)} free in ${context.workDirectory}`;
  return free >= need + SPARE_BYTES
    ? { code, outcome: 'pass', text: `${text}.` }
    : { code, outcome: 'fail', text: `${text}: make room there, or set \`state\` to a larger disk.` };
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function newestPgRestore({ sandbox }: ActionContext): Promise<string | null> {
  const clients = (await findInstallations(sandbox.postgres)).filter(
    ({ client }) => (client?.major ?? 0) >= 16,
  );
  clients.sort((one, other) => (other.client?.major ?? 0) - (one.client?.major ?? 0));
  return clients[0] ? join(clients[0].bin, 'pg_restore') : null;
}

async function refusalsAsChecks(check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof SecretError)) throw error;
    return { code: error.code, outcome: 'fail', text: `${error.message} ${error.hint}` };
  }
}
