import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { FolderSource } from '../../../config/runner-config.ts';
import { Refusal } from '../../refusal.ts';
import { compilePattern } from '../patterns.ts';
import { backupChanged, backupNotFound, backupOutsideSources, hasCode, messageOf } from '../refusals.ts';
import type { BackupSource, StoredFile } from './source.ts';

type FolderConfig = z.infer<typeof FolderSource>;

/** A folder of this host, or one that is mounted into it. Links are followed only within it. */
export function folderSource(config: FolderConfig): BackupSource {
  const display = (path: string): string => join(config.folder, path);

  const inside = async (path: string): Promise<string> => {
    const asked = resolve(config.folder, path);
    if (!isInside(config.folder, asked)) throw leaves(config, path);
    const [root, real] = await Promise.all([realpath(config.folder), realpath(asked)]).catch(
      (error: unknown) => {
        throw cannotRead(config, path, error);
      },
    );
    if (!isInside(root, real)) throw leaves(config, path);
    return real;
  };

  const look = async (path: string): Promise<StoredFile> => {
    const real = await inside(path);
    const found = await lstat(real).catch((error: unknown) => {
      throw cannotRead(config, path, error);
    });
    if (!found.isFile()) {
      throw backupNotFound(
        `${display(path)} is ${found.isDirectory() ? 'a folder' : 'no regular file'}.`,
        'Name a file that pg_dump wrote in one piece; the directory format is not read yet.',
      );
    }
    const root = await realpath(config.folder);
    return storedFile(relative(root, real), found);
  };

  const readStream = async (
    file: StoredFile,
    start: number,
    end: number,
    signal: AbortSignal,
  ): Promise<Readable> => {
    const real = await inside(file.path);
    // Without O_NONBLOCK the open of a named pipe, put there meanwhile, would wait for ever.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      (error: unknown) => {
        throw cannotRead(config, file.path, error);
      },
    );
    const now = await handle.stat();
    if (!now.isFile() || !isSame(file, storedFile(file.path, now))) {
      await handle.close();
      throw backupChanged(`${display(file.path)} changed while it was looked at.`);
    }
    return handle.createReadStream({ start, end: end - 1, highWaterMark: 1 << 20, signal });
  };

  return {
    config,
    display,
    nameOf: (path) => path,
    pathOf: async (request) => {
      if (/^[a-z][a-z0-9+.-]*:\/\//i.test(request)) return null;
      if (!isAbsolute(request)) return request;
      if (isInside(config.folder, request)) return relative(config.folder, request);
      const [root, real] = await Promise.all([realpath(config.folder), realpath(request)]).catch(() => [
        '',
        '',
      ]);
      return root && real && isInside(root, real) ? relative(root, real) : null;
    },
    list: async (signal) => {
      const depth = Math.max(...config.patterns.map((pattern) => compilePattern(pattern, false).depth));
      const paths = await filesBelow(config, '', depth, signal);
      const files = await Promise.all(paths.map((path) => look(path).catch(ignoreGone)));
      return files.filter((file) => file !== null);
    },
    stat: (path) => look(path),
    open: async (file, { start = 0, end = file.sizeBytes, signal }) => readStream(file, start, end, signal),
    bring: async (file) => ({ path: display(file.path), copied: false }),
  };
}

async function filesBelow(
  config: FolderConfig,
  below: string,
  depth: number,
  signal: AbortSignal,
): Promise<string[]> {
  signal.throwIfAborted();
  const entries = await readdir(join(config.folder, below), { withFileTypes: true }).catch(
    (error: unknown) => {
      throw cannotRead(config, below, error);
    },
  );
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (entry.isFile()) found.push(path);
    if (entry.isDirectory() && depth > 0) found.push(...(await filesBelow(config, path, depth - 1, signal)));
  }
  return found;
}

function storedFile(path: string, found: { size: number; mtime: Date }): StoredFile {
  return { path, sizeBytes: found.size, modifiedAt: found.mtime, version: null, sha256: null, crc32: null };
}

function isSame(one: StoredFile, other: StoredFile): boolean {
  return one.sizeBytes === other.sizeBytes && one.modifiedAt?.getTime() === other.modifiedAt?.getTime();
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function ignoreGone(error: unknown): null {
  if (error instanceof Refusal && error.code === 'backup_not_found') return null;
  throw error;
}

function leaves({ name, folder }: FolderConfig, path: string): Refusal {
  return backupOutsideSources(`\`${path}\` leaves the folder ${folder} of the source \`${name}\`.`);
}

function cannotRead({ name, folder }: FolderConfig, path: string, error: unknown): Error {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
    return backupNotFound(
      path === ''
        ? `The folder ${folder} of the source \`${name}\` does not exist.`
        : `${join(folder, path)} does not exist.`,
      path === ''
        ? 'Mount or make it, or correct `folder` in `runner.yml`.'
        : 'Look at the names in that folder.',
    );
  }
  if (hasCode(error, 'EACCES', 'EPERM')) {
    return new Refusal(
      'backup_source_denied',
      `The runner may not read ${join(folder, path)} of the source \`${name}\`.`,
      "Give the runner's user the right to read the folder and its files.",
    );
  }
  return new Error(`${join(folder, path)}: ${messageOf(error)}`, { cause: error });
}

/** What tells that a file read in place is still the one that was checked. */
export async function fingerprint(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}
