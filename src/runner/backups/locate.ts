import { Refusal } from '../refusal.ts';
import type { BackupContext } from './context.ts';
import { backupNotFound, backupOutsideSources } from './refusals.ts';
import { openSource } from './sources/open-source.ts';
import type { BackupSource, StoredFile } from './sources/source.ts';

/** A stored file and the source that it lies in. */
export interface Located {
  readonly source: BackupSource;
  readonly file: StoredFile;
}

const NAMES_SHOWN = 3;

/**
 * The file that a request names: a path below a configured folder, an absolute path inside one, or
 * `s3://bucket/key` within a configured source. Of several sources that have it, the first.
 *
 * @throws Refusal `backup_not_found`, `backup_outside_sources`, or why a source cannot be read.
 */
export async function locate(
  request: string,
  { target, environment, signal }: BackupContext,
): Promise<Located> {
  if (request === '' || request.includes('\0')) throw outside(request);
  const sources = target.backups.map((config) => openSource(config, environment));
  const asked: BackupSource[] = [];
  let refused: unknown = null;
  for (const source of sources) {
    const path = await source.pathOf(request);
    if (path === null) continue;
    asked.push(source);
    try {
      return { source, file: await source.stat(path, signal) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (refused === null || error.code !== 'backup_not_found') refused = error;
    }
  }
  if (asked.length === 0) throw outside(request);
  if (refused instanceof Refusal && refused.code === 'backup_not_found')
    throw await notFound(request, asked, signal);
  throw refused;
}

function outside(request: string): Refusal {
  return backupOutsideSources(`\`${request.replaceAll('\0', '')}\` lies in none of this target's sources.`);
}

async function notFound(
  request: string,
  sources: readonly BackupSource[],
  signal: AbortSignal,
): Promise<Refusal> {
  const listed = await Promise.all(
    sources.map((source) =>
      source.list(signal).then(
        (files) => files.map(({ path }) => source.display(path)),
        () => [],
      ),
    ),
  );
  const names = nearestNames(request, listed.flat());
  return backupNotFound(
    `There is no backup \`${request}\`.`,
    names.length > 0
      ? `Nearest are: ${names.join(', ')}. Or ask for \`latest\`.`
      : 'The sources of this target are empty.',
  );
}

/** Those names that share most with what was typed: a mistyped date shares nearly all. */
export function nearestNames(request: string, names: readonly string[]): string[] {
  const wanted = pairs(request);
  const scored = names.map((name) => {
    const have = pairs(name);
    const shared = [...wanted].filter((pair) => have.has(pair)).length;
    return { name, score: (2 * shared) / (wanted.size + have.size || 1) };
  });
  scored.sort((one, other) => other.score - one.score || (one.name < other.name ? 1 : -1));
  return scored.slice(0, NAMES_SHOWN).map(({ name }) => name);
}

/** Neighbouring letters of the file's name, with their place left out. */
function pairs(path: string): Set<string> {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return new Set(Array.from({ length: Math.max(0, name.length - 1) }, (_, at) => name.slice(at, at + 2)));
}
