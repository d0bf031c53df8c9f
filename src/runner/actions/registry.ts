import type { ActionName } from '../../actions/registry.ts';
import type { ActionWork } from '../action.ts';
import { backupFetch } from './backup.fetch.ts';
import { sandboxCreate } from './sandbox.create.ts';
import { sandboxRestore } from './sandbox.restore.ts';
import { sandboxVerify } from './sandbox.verify.ts';

/** The work of every action. One that is declared without work, or the reverse, does not compile. */
export const WORKS = {
  'backup.fetch': backupFetch,
  'sandbox.create': sandboxCreate,
  'sandbox.restore': sandboxRestore,
  'sandbox.verify': sandboxVerify,
} as const satisfies { readonly [Name in ActionName]: ActionWork<Name> };
