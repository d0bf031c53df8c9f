import { backupFetch } from './backup.fetch.ts';
import { sandboxCreate } from './sandbox.create.ts';
import { sandboxRestore } from './sandbox.restore.ts';
import { sandboxVerify } from './sandbox.verify.ts';

/** Every action there is. `runner/actions/registry.ts` must hold the work of each, or it does not compile. */
export const ACTIONS = {
  'backup.fetch': backupFetch,
  'sandbox.create': sandboxCreate,
  'sandbox.restore': sandboxRestore,
  'sandbox.verify': sandboxVerify,
} as const;

export type ActionName = keyof typeof ACTIONS;

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}
