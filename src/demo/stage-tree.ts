import { chmod, copyFile, link, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './error-code.ts';
import { makeReadableFolder } from './readable.ts';

/** How much of a tree was linked, and how much had to be copied. */
export interface Staged {
  readonly linked: number;
  readonly copied: number;
}

/**
 * Puts a file or a tree where everybody can read it: as hard links where the file system lets us and the
 * file is readable to all already, else as copies. Links stay links, folders get mode 0755.
 */
export async function stageTree(from: string, to: string): Promise<Staged> {
  await makeReadableFolder(dirname(to));
  return stage(from, to);
}

async function stage(from: string, to: string): Promise<Staged> {
  const found = await lstat(from);
  if (found.isDirectory()) {
    await mkdir(to, { recursive: true });
    await chmod(to, 0o755);
    const names = await readdir(from);
    const parts = await Promise.all(names.map((name) => stage(join(from, name), join(to, name))));
    return parts.reduce(
      (sum, part) => ({ linked: sum.linked + part.linked, copied: sum.copied + part.copied }),
      { linked: 0, copied: 0 },
    );
  }
  if (found.isSymbolicLink()) {
    await symlink(await readlink(from), to);
    return { linked: 1, copied: 0 };
  }
  if (!found.isFile()) return { linked: 0, copied: 0 };
  const readable = (found.mode & 0o044) === 0o044;
  if (readable && (await linked(from, to))) return { linked: 1, copied: 0 };
  await copyFile(from, to);
  await chmod(to, found.mode & 0o100 ? 0o755 : 0o644);
  return { linked: 0, copied: 1 };
}

/** Another file system, too many links, or a kernel that protects links: then it is a copy. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(errorCode(error))) return false;
    throw error;
  }
}
