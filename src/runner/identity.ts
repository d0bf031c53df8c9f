import pg from 'pg';
import { databaseUrl } from '../config/database-url.ts';
import type { TargetConfig } from '../config/runner-config.ts';
import { readSecret } from '../config/secrets.ts';
import type { Identity } from '../operation/plan.ts';
import type { Check } from './action.ts';
import { errorCode } from './error-code.ts';

const CONNECT_MS = 10_000;
const QUERY_MS = 10_000;

export interface InspectedIdentity {
  readonly identity: Identity | null;
  readonly checks: readonly Check[];
}

/**
 * Which database this target is, asked of itself. A URL that is missing or no URL is always a failure:
 * somebody has to mend it. A server that does not answer fails only what would act on it; a restore test
 * must work when production is down.
 */
export async function inspectIdentity(
  target: TargetConfig,
  environment: Readonly<Record<string, string | undefined>>,
  actsOnIt: boolean,
): Promise<InspectedIdentity> {
  const { database } = target;
  if (database === undefined) return nowhere(actsOnIt);
  let url: string;
  try {
    url = databaseUrl(readSecret(database, environment), database.env);
  } catch (error) {
    return {
      identity: null,
      checks: [{ code: codeOf(error, 'database_url'), outcome: 'fail', text: textOf(error) }],
    };
  }
  try {
    const identity = await ask(url);
    const text = `The live database is ${identity.database} of the system ${identity.systemIdentifier}.`;
    return { identity, checks: [{ code: 'identity', outcome: 'pass', text }] };
  } catch (error) {
    const text = `The live database could not be asked who it is (${errorCode(error) ?? 'no answer in time'}).`;
    return { identity: null, checks: [{ code: 'identity', outcome: actsOnIt ? 'fail' : 'warn', text }] };
  }
}

async function ask(connectionString: string): Promise<Identity> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    application_name: 'twokey:preflight',
  });
  // A broken connection also fails the query at hand; without a handler it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ system: string; database: string }>(
      'SELECT system_identifier::text AS system, current_database() AS database FROM pg_control_system()',
    );
    const row = rows.at(0);
    if (row === undefined) throw new Error('no row');
    return { systemIdentifier: row.system, database: row.database };
  } finally {
    await client.end();
  }
}

function nowhere(actsOnIt: boolean): InspectedIdentity {
  const text = 'This target has no `database` in runner.yml, and the plan would act on it.';
  return { identity: null, checks: actsOnIt ? [{ code: 'identity', outcome: 'fail', text }] : [] };
}

/** The errors of the configuration name the variable and never its value. */
function textOf(error: unknown): string {
  const hint = error instanceof Error && 'hint' in error ? ` ${String(error.hint)}` : '';
  return error instanceof Error ? `${error.message}${hint}` : 'The URL of the live database cannot be read.';
}

function codeOf(error: unknown, otherwise: string): string {
  return errorCode(error) ?? otherwise;
}
