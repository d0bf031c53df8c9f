import { buffer } from 'node:stream/consumers';
import type { Finding } from '../../actions/ladder.ts';
import { SecretError } from '../../config/secrets.ts';
import type { Check } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { type Candidate, chooseLatest } from './choose.ts';
import type { BackupContext } from './context.ts';
import { IDENTIFY_BYTES, identify } from './identify.ts';
import type { Located } from './locate.ts';
import { backupNotFound, messageOf } from './refusals.ts';
import { dateOfName, decryptionOf, openSource } from './sources/open-source.ts';
import type { BackupSource } from './sources/source.ts';

export interface Latest extends Located {
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}

/** So many files are opened to read the date inside, the newest names first. */
const OPENED_MAX = 200;
const AT_ONCE = 8;

type Found = Candidate & Located;

/**
 * The newest backup of all sources; see `chooseLatest`. A newest one that is broken is still the newest:
 * an older one is never taken in its place without a word.
 *
 * @throws Refusal `backup_not_found`, or why no source could be read.
 */
export async function findLatest(context: BackupContext, until: number): Promise<Latest> {
  const { sources, checks } = await listAll(context);
  const named = sources.flatMap(({ candidates }) => candidates);
  if (named.length === 0) throw nothingMatches(sources);
  named.sort((one, other) => (other.nameAt ?? 0) - (one.nameAt ?? 0));
  const opened = await openAll(named.slice(0, OPENED_MAX), context, until);
  const unopened = named.length - opened.length;
  const { chosen, findings } = chooseLatest([...opened, ...named.slice(opened.length)]);
  if (!chosen) throw nothingDated(findings);
  if (unopened > 0) {
    checks.push({
      code: 'backup_dates_read',
      outcome: 'not-run',
      text: `Of ${named.length} backups the ${opened.length} with the newest names were opened for the date inside; of the rest only the name was read.`,
    });
  }
  return { source: chosen.source, file: chosen.file, checks, findings };
}

interface Listed {
  readonly source: BackupSource;
  readonly candidates: Found[];
  readonly others: number;
}

async function listAll({ target, environment, signal }: BackupContext) {
  const checks: Check[] = [];
  const sources: Listed[] = [];
  const refusals: unknown[] = [];
  for (const [order, config] of target.backups.entries()) {
    try {
      const source = openSource(config, environment);
      sources.push(candidatesOf(source, order, await source.list(signal)));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof SecretError)) throw error;
      refusals.push(error);
      checks.push({
        code: 'backup_source_read',
        outcome: 'not-run',
        text: `The source \`${config.name}\` could not be read: ${error.message} A newer backup may lie there. ${error.hint}`,
      });
    }
  }
  if (sources.length === 0) throw refusals[0];
  return { sources, checks };
}

function candidatesOf(source: BackupSource, order: number, files: readonly Located['file'][]): Listed {
  const candidates = files.flatMap((file): Found[] => {
    const name = dateOfName(source, source.nameOf(file.path));
    if (!name.matches) return [];
    const display = source.display(file.path);
    const modifiedAt = file.modifiedAt?.getTime() ?? null;
    return [{ source, file, order, path: file.path, display, insideAt: null, nameAt: name.at, modifiedAt }];
  });
  return { source, candidates, others: files.length - candidates.length };
}

async function openAll(
  candidates: readonly Found[],
  context: BackupContext,
  until: number,
): Promise<Found[]> {
  const opened: Found[] = [];
  for (let at = 0; at < candidates.length && Date.now() < until; at += AT_ONCE) {
    const group = candidates.slice(at, at + AT_ONCE);
    opened.push(...(await Promise.all(group.map((candidate) => withInsideDate(candidate, context)))));
  }
  return opened;
}

async function withInsideDate(candidate: Found, { environment, signal, log }: BackupContext): Promise<Found> {
  const { source, file, display } = candidate;
  if (file.sizeBytes === 0) return candidate;
  try {
    const head = await buffer(
      await source.open(file, { end: Math.min(IDENTIFY_BYTES, file.sizeBytes), signal }),
    );
    const { zone } = source.config;
    const decryption = decryptionOf(source.config, environment, signal);
    return { ...candidate, insideAt: (await identify(head, { display, zone, decryption })).takenAt };
  } catch (error) {
    signal.throwIfAborted();
    log.debug({ backup: display, reason: messageOf(error) }, 'no date inside');
    return candidate;
  }
}

function nothingMatches(sources: readonly Listed[]): Refusal {
  const seen = sources.map(({ source, others }) => {
    const patterns = source.config.patterns.map((pattern) => `\`${pattern}\``).join(', ');
    return `${source.display('')} holds ${others} files, none like ${patterns}`;
  });
  return backupNotFound(
    `There is no backup: ${seen.join('; ')}.`,
    'Look at the job that writes the backups, and at `patterns` of the source in `runner.yml`.',
  );
}

function nothingDated(findings: readonly Finding[]): Refusal {
  return backupNotFound(
    `No backup says when it was taken. ${findings.map(({ text }) => text).join(' ')}`,
    'Name the backup instead of `latest`.',
  );
}
