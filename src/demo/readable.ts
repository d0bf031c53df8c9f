import { constants } from 'node:fs';
import { access, chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

/** Whom a file's permission bits are held against. */
export interface Reader {
  readonly uid: number;
  readonly gid: number;
}

interface Permissions {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** True when the permission bits give `reader` all of `wanted` (4 read, 2 write, 1 execute or enter). */
export function permits(file: Permissions, reader: Reader, wanted: number): boolean {
  if (reader.uid === 0) return true;
  const shift = file.uid === reader.uid ? 6 : file.gid === reader.gid ? 3 : 0;
  return ((file.mode >> shift) & wanted) === wanted;
}

/** True when `reader` can come to this file or folder and read it; by the bits alone, as ACLs only widen. */
export async function canRead(path: string, reader: Reader | undefined): Promise<boolean> {
  if (reader === undefined || reader.uid === userInfo().uid)
    return access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
  const real = await realpath(path);
  const file = await stat(real);
  if (!permits(file, reader, file.isDirectory() ? 5 : 4)) return false;
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if (!permits(await stat(folder), reader, 1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Makes a folder, and those above it that are missing, so that everybody can come through, whatever the umask. */
export async function makeReadableFolder(path: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true });
  if (highest === undefined) return;
  for (let made = path; made.length >= highest.length; made = dirname(made)) await chmod(made, 0o755);
}
