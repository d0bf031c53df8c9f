import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunnerConfig } from '../../config/runner-config.ts';
import { errorCode } from '../error-code.ts';

/** `f_type` of the file systems that may hold allowfiles: local ones, whose times and owners are this host's. */
const FILE_SYSTEMS: Readonly<Record<RunnerConfig['allow']['file-systems'][number], number>> = {
  tmpfs: 0x01021994,
  ext4: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  overlay: 0x794c7630,
};

/** Operators may put files in, and neither list nor touch each other's; setgid hands the group down. */
export const DIRECTORY_MODE = 0o3730;

/** One directory, as it stands. */
export interface DirectoryFacts {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface AllowDirectoryFacts {
  readonly directory: DirectoryFacts;
  /** From its own parent up to `/`. */
  readonly parents: readonly DirectoryFacts[];
  readonly fileSystem: number;
}

/** Looks at the allow directory and everything above it, without following a link. Null when it is not there. */
export function lookAtDirectory(path: string): AllowDirectoryFacts | null {
  try {
    const directory = factsOf(path);
    return { directory, parents: above(path).map(factsOf), fileSystem: statfsSync(path).type };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** What is wrong with the allow directory, each with the command that mends it; empty when it is right. */
export function directoryProblems(
  facts: AllowDirectoryFacts,
  wanted: {
    readonly uid: number;
    readonly gid: number;
    readonly group: string;
    readonly fileSystems: RunnerConfig['allow']['file-systems'];
  },
): string[] {
  const { directory, parents, fileSystem } = facts;
  const { path } = directory;
  const problems: string[] = [];
  if (!directory.isDirectory) return [`${path} is not a directory (a link to one does not count)`];
  if (directory.uid !== wanted.uid)
    problems.push(`${path} belongs to uid ${directory.uid}, not to the runner: chown ${wanted.uid} ${path}`);
  if (directory.gid !== wanted.gid)
    problems.push(`${path} has group ${directory.gid}, not ${wanted.group}: chgrp ${wanted.group} ${path}`);
  if (directory.mode !== DIRECTORY_MODE)
    problems.push(`${path} has mode ${octal(directory.mode)}, not 3730: chmod 3730 ${path}`);
  for (const parent of parents) {
    if (!safeParent(parent, wanted.uid))
      problems.push(
        `${parent.path} (uid ${parent.uid}, mode ${octal(parent.mode)}) lets others replace what is below it: ` +
          'put the directory below one that only root can write, such as /run',
      );
  }
  if (!wanted.fileSystems.some((name) => FILE_SYSTEMS[name] === fileSystem))
    problems.push(
      `${path} is on a file system of type 0x${fileSystem.toString(16)}; allowed are ${wanted.fileSystems.join(', ')}`,
    );
  return problems;
}

/** What is wrong with the two directories inside it, which the runner has made; empty when they are right. */
export function innerProblems(
  path: string,
  wanted: { readonly uid: number; readonly gid: number },
): string[] {
  const inner = [
    { facts: factsOf(join(path, 'pending')), mode: 0o2750, gid: wanted.gid },
    { facts: factsOf(join(path, '.consumed')), mode: 0o2700, gid: wanted.gid },
  ];
  return inner
    .filter(
      ({ facts, mode, gid }) =>
        !facts.isDirectory || facts.uid !== wanted.uid || facts.gid !== gid || facts.mode !== mode,
    )
    .map(
      ({ facts, mode }) =>
        `${facts.path} was not made by the runner, or changed (expected mode ${octal(mode)}): remove it`,
    );
}

/**
 * Does something with a handle of the directory, by which files are opened so that nobody can put
 * another directory in between.
 *
 * @throws Error when the directory is no longer the runner's, or an error of the file system.
 */
export function withDirectory<Result>(path: string, uid: number, work: (handle: number) => Result): Result {
  const handle = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const seen = fstatSync(handle);
    if (seen.uid !== uid || (seen.mode & 0o7777) !== DIRECTORY_MODE)
      throw new Error(`${path} has been changed: uid ${seen.uid}, mode ${octal(seen.mode & 0o7777)}`);
    return work(handle);
  } finally {
    closeSync(handle);
  }
}

/** A sticky directory lets nobody but the owner replace an entry: root's or the runner's stay in place. */
function safeParent({ isDirectory, uid, mode }: DirectoryFacts, runner: number): boolean {
  if (!isDirectory || (uid !== 0 && uid !== runner)) return false;
  return (mode & 0o022) === 0 || (mode & 0o1000) !== 0;
}

function factsOf(path: string): DirectoryFacts {
  const seen: BigIntStats = lstatSync(path, { bigint: true });
  return {
    path,
    isDirectory: seen.isDirectory(),
    uid: Number(seen.uid),
    gid: Number(seen.gid),
    mode: Number(seen.mode) & 0o7777,
  };
}

function above(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...above(parent)];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
