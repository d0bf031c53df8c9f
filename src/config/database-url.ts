import { SecretError } from './secrets.ts';

/** What libpq understands after the `?`; anything else is a driver's own and would make it fail. */
const LIBPQ = new Set([
  'application_name',
  'channel_binding',
  'client_encoding',
  'connect_timeout',
  'dbname',
  'gssencmode',
  'host',
  'hostaddr',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'krbsrvname',
  'options',
  'passfile',
  'password',
  'port',
  'sslcert',
  'sslcrl',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'target_session_attrs',
  'user',
]);
const EXAMPLE = 'Expected is `postgresql://user:password@host:5432/database`.';

/**
 * A connection URL as libpq and node-postgres take it: SQLAlchemy's driver suffix
 * (`postgresql+asyncpg://`) and the parameters that only a driver or an ORM knows are taken off.
 *
 * @param name - the variable it came from, for the error.
 * @throws SecretError `database_url_invalid`; its text never holds the URL.
 */
export function databaseUrl(value: string, name = 'DATABASE_URL'): string {
  const text = value.trim();
  const scheme = /^([a-z][a-z0-9]*)(?:\+([a-z0-9_]+))?:\/\//i.exec(text);
  if (!scheme) throw invalid(name, 'it is no URL');
  if (!/^postgres(ql)?$/i.test(scheme[1] ?? ''))
    throw invalid(name, `it is a URL of \`${scheme[1]}\`, not of PostgreSQL`);
  const rest = text.slice(scheme[0].length);
  const question = rest.indexOf('?');
  const base = question < 0 ? rest : rest.slice(0, question);
  const parameters = new URLSearchParams(question < 0 ? '' : rest.slice(question + 1));
  requireDatabase(name, base, parameters);
  const kept = [...parameters].flatMap(([key, parameter]) => keptParameter(key, parameter));
  return `postgresql://${base}${kept.length > 0 ? `?${kept.join('&')}` : ''}`;
}

function requireDatabase(name: string, base: string, parameters: URLSearchParams): void {
  const [authority = '', ...path] = base.split('/');
  const server = authority.slice(authority.lastIndexOf('@') + 1);
  if (path.join('/') === '' && !parameters.get('dbname')) throw invalid(name, 'it names no database');
  if (server === '' && !parameters.get('host')) throw invalid(name, 'it names no host');
  const port = /:([^:\]]*)$/.exec(server)?.[1];
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw invalid(name, 'its port is no number');
  try {
    decodeURIComponent(base);
  } catch {
    throw invalid(name, 'it holds a `%` that is not followed by two hexadecimal digits; write `%25`');
  }
}

function keptParameter(key: string, value: string): string[] {
  // asyncpg's name of libpq's sslmode.
  const name = key === 'ssl' ? 'sslmode' : key;
  if (!LIBPQ.has(name)) return [];
  const wanted = name === 'sslmode' && value === 'true' ? 'require' : value;
  return [`${name}=${encodeURIComponent(wanted)}`];
}

function invalid(name: string, why: string): SecretError {
  return new SecretError('database_url_invalid', `\`${name}\` cannot be used: ${why}.`, EXAMPLE);
}
