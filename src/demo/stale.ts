import { tmpdir, userInfo } from 'node:os';
import { anotherDemoRuns, demoDirectories, endAll, isLive, removeDemoDirectory } from './demo-directory.ts';
import { demoUserIds, removeHostUsers } from './host-users.ts';
import type { Say } from './say.ts';

/**
 * Ends the processes and removes the directories and users that killed demos have left. Only what is
 * this user's own is looked at.
 *
 * @throws Error that names what could not be removed.
 */
export async function removeStaleDemos(say: Say, parent = tmpdir(), users = 'twokey'): Promise<void> {
  for (const directory of await demoDirectories(parent)) {
    if (await isLive(directory)) continue;
    say(`Removing what an earlier demo left in ${directory}.`);
    await removeDemoDirectory(directory, say);
  }
  if (userInfo().uid !== 0 || (await anotherDemoRuns('', parent))) return;
  const uids = await demoUserIds(users);
  if (uids.length === 0) return;
  say('Removing the users that an earlier demo left.');
  await endAll(({ uid }) => uids.includes(uid));
  await removeHostUsers(users);
}
