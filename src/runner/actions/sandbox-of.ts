import type { ActionContext } from '../action.ts';
import type { StagedBackup } from '../backups/staged.ts';
import { readStaged } from '../backups/staged-record.ts';
import { Refusal } from '../refusal.ts';
import { localClusters } from '../sandbox/local-cluster.ts';
import { type Sandbox, sandboxName } from '../sandbox/sandbox.ts';
import { stagedDirectory } from './backup.fetch.ts';

/** The running sandbox of this operation. Refuses with `sandbox_absent` when it does not run. */
export async function openSandbox({ sandbox, operation }: ActionContext): Promise<Sandbox> {
  const found = await localClusters(sandbox.directory).open(sandboxName(operation));
  if (found) return found;
  throw new Refusal(
    'sandbox_absent',
    `The throwaway database of ${operation} does not run any more.`,
    'Its server’s log, if it is still there, says why; ask for the restore again.',
  );
}

/** What `backup.fetch` staged in this operation. Refuses when it is not there, or not the same any more. */
export function stagedOf(context: ActionContext): Promise<StagedBackup> {
  return readStaged(stagedDirectory(context));
}
