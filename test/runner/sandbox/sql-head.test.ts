import { describe, expect, test } from '@jest/globals';
import { readDatabaseShape } from '../../../src/runner/sandbox/database-shape.ts';
import { adaptHead, adaptHeadLine } from '../../../src/runner/sandbox/sql-head.ts';

const none = { unknownSettings: [] };

async function adapted(
  text: string,
  changes: { unknownSettings: string[] } = none,
  chunk = 7,
): Promise<string> {
  const stream = adaptHead(changes, '');
  const bytes = Buffer.from(text, 'latin1');
  const write = async () => {
    for (let at = 0; at < bytes.length; at += chunk) stream.write(bytes.subarray(at, at + chunk));
    stream.end();
  };
  void write();
  const out: Buffer[] = [];
  for await (const part of stream) out.push(part);
  return Buffer.concat(out).toString('latin1');
}

describe('the head of an SQL dump', () => {
  test.each([
    ['DROP TABLE public.users;', 'DROP TABLE IF EXISTS public.users;'],
    ['DROP TABLE IF EXISTS public.users;', 'DROP TABLE IF EXISTS public.users;'],
    ['DROP MATERIALIZED VIEW public.v;', 'DROP MATERIALIZED VIEW IF EXISTS public.v;'],
    ['DROP TRIGGER t ON public.users;', 'DROP TRIGGER IF EXISTS t ON public.users;'],
    ['DROP EVENT TRIGGER watch;', 'DROP EVENT TRIGGER IF EXISTS watch;'],
    ['DROP OPERATOR FAMILY public.f USING btree;', 'DROP OPERATOR FAMILY IF EXISTS public.f USING btree;'],
    ['DROP PROCEDURAL LANGUAGE plperl;', 'DROP PROCEDURAL LANGUAGE IF EXISTS plperl;'],
    [
      'ALTER TABLE ONLY public.a DROP CONSTRAINT a_fk;',
      'ALTER TABLE IF EXISTS ONLY public.a DROP CONSTRAINT IF EXISTS a_fk;',
    ],
    [
      'ALTER TABLE public.a ALTER COLUMN id DROP DEFAULT;',
      'ALTER TABLE IF EXISTS public.a ALTER COLUMN id DROP DEFAULT;',
    ],
    [
      "SELECT pg_catalog.lo_unlink('16400');",
      "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '16400';",
    ],
    ['CREATE SCHEMA public;', 'CREATE SCHEMA IF NOT EXISTS public;'],
    ['SET lock_timeout = 0;', 'SET lock_timeout = 0;'],
    ['CREATE DATABASE orders WITH TEMPLATE = template0;', null],
    ['ALTER DATABASE orders OWNER TO app;', null],
    ['\\connect orders', null],
  ])('%s', (line, expected) => {
    expect(adaptHeadLine(line, none)).toBe(expected);
  });

  test('only settings that the server does not know are left out', async () => {
    const text = 'SET transaction_timeout = 0;\nSET row_security = off;\n';
    expect(await adapted(text, { unknownSettings: ['transaction_timeout'] })).toBe(
      'SET row_security = off;\n',
    );
  });

  test('a comment on the database goes as a whole, however many lines its text has', async () => {
    const comment = "COMMENT ON DATABASE orders IS 'first;\nit''s; second;\nthird';\n";
    expect(await adapted(`SET a = 1;\n${comment}SET b = 2;\n`)).toBe('SET a = 1;\nSET b = 2;\n');
  });

  test.each([1, 3, 64, 100_000])(
    'the body is left as it is, byte for byte, in chunks of %i',
    async (chunk) => {
      const body =
        'CREATE TABLE t (x text);\nCOPY t FROM stdin;\nDROP TABLE t;\n\\connect x\nSET transaction_timeout = 0;\n\xff\xfe\n\\.\nno newline';
      const text = `DROP TABLE public.t;\n${body}`;
      expect(await adapted(text, { unknownSettings: ['transaction_timeout'] }, chunk)).toBe(
        `DROP TABLE IF EXISTS public.t;\n${body}`,
      );
    },
  );
});

describe('the shape of a database', () => {
  test('is read from CREATE DATABASE', () => {
    const head =
      "SET client_encoding = 'UTF8';\nCREATE DATABASE a WITH TEMPLATE = template0 ENCODING = 'LATIN1' LOCALE_PROVIDER = icu LOCALE = 'C' ICU_LOCALE = 'de-DE';\n";
    expect(readDatabaseShape(head)).toEqual({
      encoding: 'LATIN1',
      locale: [
        ['LOCALE_PROVIDER', 'icu'],
        ['LOCALE', 'C'],
        ['ICU_LOCALE', 'de-DE'],
      ],
    });
  });

  test('is read from the settings when there is no CREATE DATABASE', () => {
    expect(readDatabaseShape("SET client_encoding = 'SQL_ASCII';\n")).toEqual({
      encoding: 'SQL_ASCII',
      locale: [],
    });
    expect(readDatabaseShape('CREATE TABLE t ();')).toEqual({ encoding: null, locale: [] });
  });
});
