import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Finding } from '../../actions/ladder.ts';
import { finding } from '../verify/findings.ts';
import { type ArchiveList, readArchiveList, superuserOwners, withoutUserMappings } from './archive-list.ts';
import { countBytesRead } from './bytes-read.ts';
import { runClientProgram } from './client-program.ts';
import { type DatabaseShape, readDatabaseShape } from './database-shape.ts';
import { type Collected, collectErrors, readPgRestoreLine } from './pg-restore-output.ts';
import type { RestoreRequest, Restoring } from './restore.ts';
import { type Classified, classifyRestoreError } from './restore-errors.ts';
import { reportArchiveProgress } from './restore-progress.ts';

const LIST_TIMEOUT_MS = 120_000;
/** One alone would load tables through the write-ahead log, and not say which item it is at. */
const WORKERS_MIN = 2;

/** Restores a custom archive by pg_restore with parallel workers, going on after errors to see them all. */
export async function openArchive(request: RestoreRequest): Promise<Restoring> {
  const list = readArchiveList(await ask(request, ['--list']));
  return {
    shape: await shapeOf(request, list),
    findings: leftOut(list),
    superusers: { roles: superuserOwners(list, request.staged.contents.roles), stay: true },
    run: () => restoreArchive(request, list),
  };
}

async function restoreArchive(request: RestoreRequest, list: ArchiveList): Promise<Classified[]> {
  const { sandbox, staged, application, jobs, signal } = request;
  const errors = collectErrors();
  const { size } = await stat(staged.path);
  const progress = reportArchiveProgress(request.progress, { bytes: size, ...list });
  const useList =
    list.userMappings > 0
      ? [`--use-list=${await writeList(request, 'restore', withoutUserMappings(list))}`]
      : [];
  const options = ['--no-tablespaces', '--no-subscriptions', '--no-password', '--verbose'];
  try {
    const exitCode = await runClientProgram({
      sandbox,
      program: 'pg_restore',
      args: [
        `--dbname=${sandbox.connection.database}`,
        `--jobs=${Math.max(jobs, WORKERS_MIN)}`,
        ...options,
        ...useList,
        staged.path,
      ],
      application,
      signal,
      onStart: (pid) => progress.start(countBytesRead(pid)),
      onLine: (line) => {
        const said = readPgRestoreLine(line);
        errors.add(said);
        progress.said(said);
      },
    });
    return judge(exitCode, errors);
  } finally {
    progress.stop();
  }
}

/** The exit code, the count and the errors must agree: what was not seen is an error of its own. */
function judge(exitCode: number | null, { errors, unseen }: Collected): Classified[] {
  const classified = withoutEchoes(errors.map(classifyRestoreError));
  if (unseen() > 0) {
    const text = `pg_restore counted ${unseen()} errors more than it showed: the restore’s log on the host has its words.`;
    classified.push({ cause: 'backup', finding: finding('error', 'restore_errors_uncounted', text) });
  }
  if (exitCode !== 0 && errors.length === 0) {
    const how = exitCode === null ? 'was killed' : `ended with ${exitCode}`;
    const text = `pg_restore ${how} and named no error; look at the restore’s log and the server’s on the host.`;
    classified.push({ cause: 'host', finding: finding('error', 'restore_stopped', text) });
  }
  return classified;
}

/** A worker that meets a damaged block dies, which pg_restore then reports as an accident of its own. */
function withoutEchoes(classified: readonly Classified[]): Classified[] {
  const damaged = classified.some(({ finding }) => finding.code === 'archive_damaged');
  return classified.filter(({ finding }) => !(damaged && finding.code === 'restore_stopped'));
}

async function shapeOf(request: RestoreRequest, { databaseLine }: ArchiveList): Promise<DatabaseShape> {
  const list = await writeList(request, 'database', databaseLine === null ? '' : `${databaseLine}\n`);
  return readDatabaseShape(await ask(request, ['--create', `--use-list=${list}`, '--file=-']));
}

function leftOut({ userMappings, subscriptions }: ArchiveList): Finding[] {
  return [
    ...(userMappings > 0
      ? [
          finding(
            'note',
            'user_mappings_left_out',
            `${userMappings} user mappings were left out: with their passwords the copy could log in to other servers.`,
          ),
        ]
      : []),
    ...(subscriptions > 0
      ? [
          finding(
            'note',
            'subscriptions_left_out',
            `${subscriptions} subscriptions were left out: a copy must not follow another server.`,
          ),
        ]
      : []),
  ];
}

async function writeList({ sandbox }: RestoreRequest, name: string, text: string): Promise<string> {
  const path = join(sandbox.directory, `${name}.list`);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

/** Asks pg_restore about the archive; no server is involved. */
async function ask({ sandbox, staged, signal }: RestoreRequest, args: readonly string[]): Promise<string> {
  const { stdout } = await execa(join(sandbox.clientBin, 'pg_restore'), [...args, staged.path], {
    cwd: sandbox.directory,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    timeout: LIST_TIMEOUT_MS,
    cancelSignal: signal,
  });
  return stdout;
}
