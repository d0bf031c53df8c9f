import { Refusal } from '../refusal.ts';

/**
 * The bootstrap superuser. It has the name that owns most databases' event triggers and foreign-data
 * wrappers, whose owners must be superusers.
 */
export const SUPERUSER = 'postgres';

/** The role of operators who look at a restored copy. Its name is unlikely in a dump. */
export const INSPECTOR = 'twokey_inspector';

/** The only database of a sandbox that accepts connections once it is ready. It never has production's name. */
export const RESTORED = 'restored';

/** Nobody without a mapped OS user gets in, and there is no TCP at all. */
export const HBA_FILE = 'local all all peer map=twokey\n';

/** OS users that may have a line in pg_ident.conf: what `useradd` accepts, so that no name can be a pattern. */
const OS_USER = /^[a-z_][a-z0-9_.-]*\$?$/i;

/** Who may connect as whom: `pg_ident.conf`. Refuses with `os_user_name` for a name that it could not hold safely. */
export function identFile(superusers: readonly string[], inspectors: readonly string[]): string {
  const lines = [
    ...unique(superusers).map((name) => line(name, SUPERUSER)),
    ...unique([...superusers, ...inspectors]).map((name) => line(name, INSPECTOR)),
  ];
  return lines.join('');
}

/**
 * The inspector reads every table, past row-level security, because a partial view of a backup misleads;
 * its transactions are read-only unless it says otherwise, so that a slip of the hand leaves the evidence
 * as it was restored.
 */
export const INSPECTOR_SQL = [
  `CREATE ROLE ${INSPECTOR} LOGIN BYPASSRLS`,
  `GRANT pg_read_all_data TO ${INSPECTOR}`,
  `ALTER ROLE ${INSPECTOR} SET default_transaction_read_only = on`,
] as const;

function line(osUser: string, role: string): string {
  if (!OS_USER.test(osUser)) {
    throw new Refusal(
      'os_user_name',
      `The OS user name ${JSON.stringify(osUser)} cannot stand in PostgreSQL's pg_ident.conf.`,
      'Use an account whose name has letters, digits, dot, dash and underscore only.',
    );
  }
  return `twokey "${osUser}" ${role}\n`;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
