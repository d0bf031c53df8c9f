import type { ActionContext } from '../action.ts';

/** What looking for and at a backup needs of the runner. */
export type BackupContext = Pick<
  ActionContext,
  'target' | 'targetName' | 'environment' | 'log' | 'signal' | 'progress'
>;
