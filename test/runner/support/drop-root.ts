/**
 * Goes on as another user, with that user's groups. A child process of a test does this after everything
 * is imported: a clone of the repository may be where only root can read it.
 */
export function dropRoot(user: {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}): void {
  process.chdir('/');
  process.setgroups?.([...user.groups]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}
