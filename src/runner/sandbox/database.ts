import pg from 'pg';
import type { Finding } from '../../actions/ladder.ts';
import { finding } from '../verify/findings.ts';
import { INSPECTOR, SUPERUSER } from './access.ts';
import { withClient } from './connect.ts';
import type { DatabaseShape } from './database-shape.ts';
import type { Sandbox } from './sandbox.ts';

const MAINTENANCE = { database: 'postgres' };

/** The extensions that the host's server does not have, of those that the backup needs. */
export async function missingExtensions(sandbox: Sandbox, needed: readonly string[]): Promise<string[]> {
  return withClient(sandbox, MAINTENANCE, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_available_extensions');
    const available = new Set(rows.map(({ name }) => name));
    return needed.filter((name) => !available.has(name));
  });
}

/** Of these settings, the ones that the sandbox's server does not know. */
export async function unknownSettings(sandbox: Sandbox, names: readonly string[]): Promise<string[]> {
  return withClient(sandbox, MAINTENANCE, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'SELECT name FROM pg_settings WHERE name = ANY ($1)',
      [names],
    );
    const known = new Set(rows.map(({ name }) => name));
    return names.filter((name) => !known.has(name));
  });
}

/**
 * Makes the roles that the dump needs, so that owners, grants and row-level security survive, and an
 * empty database of the dump's encoding and, where this host has it, locale.
 */
export async function prepareDatabase(
  sandbox: Sandbox,
  shape: DatabaseShape,
  roles: readonly string[],
  superusers: readonly string[],
): Promise<Finding[]> {
  return withClient(sandbox, MAINTENANCE, async (client) => [
    ...(await createRoles(client, roles, superusers)),
    ...(await createDatabase(client, sandbox.connection.database, shape)),
  ]);
}

async function createRoles(
  client: pg.Client,
  roles: readonly string[],
  superusers: readonly string[],
): Promise<Finding[]> {
  const there = await rolesThere(client);
  const missing = roles.filter((role) => !there.has(role) && isOurs(role));
  for (const role of missing) await client.query(`CREATE ROLE ${pg.escapeIdentifier(role)} NOLOGIN`);
  for (const role of superusers.filter(isOurs)) {
    await client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} SUPERUSER`);
  }
  if (missing.length === 0) return [];
  const text = `Made for this sandbox, without a login, because the dump needs them: ${listed(missing)}.`;
  return [finding('note', 'roles_created', text)];
}

/** Takes from roles of the dump what they had during its restore only. */
export async function demote(sandbox: Sandbox, roles: readonly string[]): Promise<void> {
  await withClient(sandbox, MAINTENANCE, async (client) => {
    const there = await rolesThere(client);
    for (const role of roles.filter((role) => there.has(role) && isOurs(role))) {
      await client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} NOSUPERUSER`);
    }
  });
}

async function rolesThere(client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  return new Set(rows.map(({ rolname }) => rolname));
}

/** Neither the server's own, whose names begin with pg_ and cannot be made, nor those that a sandbox lives by. */
function isOurs(role: string): boolean {
  return role !== '' && role !== SUPERUSER && role !== INSPECTOR && !role.startsWith('pg_');
}

async function createDatabase(client: pg.Client, name: string, shape: DatabaseShape): Promise<Finding[]> {
  const encoding = shape.encoding ?? 'UTF8';
  const wanted = shape.locale;
  const fallbacks = [
    ...(encoding === 'UTF8' ? [[['LOCALE', 'C.UTF-8']] as const] : []),
    [['LOCALE', 'C']] as const,
  ];
  const tries = [...(wanted.length > 0 ? [wanted] : []), ...fallbacks];
  for (const [index, locale] of tries.entries()) {
    try {
      await client.query(createStatement(name, encoding, locale));
      return index === 0 || wanted.length === 0 ? [] : [localeMissing(wanted, locale)];
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || index === tries.length - 1) throw error;
    }
  }
  return [];
}

function createStatement(name: string, encoding: string, locale: DatabaseShape['locale']): string {
  const options = locale.map(([option, value]) => `${option} = ${pg.escapeLiteral(value)}`).join(' ');
  const database = pg.escapeIdentifier(name);
  return `CREATE DATABASE ${database} TEMPLATE template0 ENCODING ${pg.escapeLiteral(encoding)} ${options}`;
}

function localeMissing(wanted: DatabaseShape['locale'], used: DatabaseShape['locale']): Finding {
  const said = (locale: DatabaseShape['locale']) => locale.map(([, value]) => value).join(' ');
  const text = `The database's locale ${said(wanted)} is not installed here; ${said(used)} is used, so text sorts otherwise than in production.`;
  return finding('warning', 'locale_missing', text);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
