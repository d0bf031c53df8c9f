/** How a database was made, as its dump says it. */
export interface DatabaseShape {
  /** `UTF8`, `LATIN1`, `SQL_ASCII`; null when the dump does not say. */
  readonly encoding: string | null;
  /** `LOCALE`, `LC_COLLATE`, `ICU_LOCALE`… as `CREATE DATABASE` takes them; empty when the dump does not say. */
  readonly locale: readonly (readonly [option: string, value: string])[];
}

const LOCALE_OPTIONS =
  /\b(LOCALE_PROVIDER|LOCALE|LC_COLLATE|LC_CTYPE|ICU_LOCALE|ICU_RULES|BUILTIN_LOCALE) = (?:'((?:[^']|'')*)'|(\w+))/g;

/** Reads the shape from the beginning of SQL text: the dump's own, or what pg_restore prints of an archive. */
export function readDatabaseShape(head: string): DatabaseShape {
  const created = /^CREATE DATABASE .*;$/m.exec(head)?.[0] ?? '';
  const encoding =
    /\bENCODING = '([\w-]+)'/.exec(created)?.[1] ?? /^SET client_encoding = '([\w-]+)';$/m.exec(head)?.[1];
  const locale = [...created.matchAll(LOCALE_OPTIONS)].map(
    ([, option = '', quoted, word]) => [option, quoted?.replaceAll("''", "'") ?? word ?? ''] as const,
  );
  return { encoding: encoding ?? null, locale };
}
