import { describe, expect, test } from '@jest/globals';
import { choosePostgres } from '../../../src/runner/sandbox/choose.ts';
import type { Installation } from '../../../src/runner/sandbox/installations.ts';
import { knowsRestrict, parsePostgresVersion } from '../../../src/runner/sandbox/version.ts';

function installed(server: string | null, client: string | null = server): Installation {
  const bin = `/usr/lib/postgresql/${server ?? client}/bin`;
  const read = (text: string | null) => (text === null ? null : parsePostgresVersion(text));
  return { bin, server: read(server), client: read(client) };
}

const dump = (
  serverVersion: string | null,
  dumpVersion = serverVersion,
  format: 'custom' | 'sql' = 'custom',
) => ({
  format,
  serverVersion,
  dumpVersion,
});

const codes = (checks: readonly { code: string; outcome: string }[]) =>
  checks.map(({ code, outcome }) => `${code} ${outcome}`);

describe('choosing the PostgreSQL of a sandbox', () => {
  test('takes the server of the dumped major version', () => {
    const { choice, checks } = choosePostgres(
      [installed('17.6'), installed('15.14'), installed('16.10')],
      dump('15.2'),
    );
    expect(choice?.server.text).toBe('15.14');
    expect(choice?.clientBin).toBe('/usr/lib/postgresql/15.14/bin');
    expect(codes(checks)).toEqual(['server_programs pass', 'client_programs pass']);
  });

  test('takes the lowest newer server when there is no equal one, and warns', () => {
    const { choice, checks } = choosePostgres([installed('18.1'), installed('17.6')], dump('15.2'));
    expect(choice?.server.text).toBe('17.6');
    expect(checks[0]).toMatchObject({ code: 'server_newer_major', outcome: 'warn' });
    expect(checks[0]?.text).toContain('postgresql-15');
  });

  test('never takes an older server, and names the package to install', () => {
    const { choice, checks } = choosePostgres([installed('15.14')], dump('17.2'));
    expect(choice).toBeNull();
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({ code: 'backup_newer_major', outcome: 'fail' });
    expect(checks[0]?.text).toMatch(/Install the package postgresql-17,/);
  });

  test('restores an ancient dump into the oldest supported server', () => {
    expect(choosePostgres([installed('13.22'), installed('14.19')], dump('9.6.24')).choice?.server.text).toBe(
      '14.19',
    );
  });

  test('says so when no server is installed at all', () => {
    const { choice, checks } = choosePostgres([installed(null, '15.14')], dump('15.2'));
    expect(choice).toBeNull();
    expect(checks[0]).toMatchObject({ code: 'server_programs', outcome: 'fail' });
  });

  test('takes newer client programs when a newer pg_dump wrote the backup', () => {
    const { choice } = choosePostgres([installed('15.14'), installed(null, '17.6')], dump('15.2', '17.1'));
    expect(choice?.server.text).toBe('15.14');
    expect(choice?.client.text).toBe('17.6');
  });

  test('refuses client programs that are older than the pg_dump that wrote the backup', () => {
    const { choice, checks } = choosePostgres([installed('15.14')], dump('15.2', '16.1'));
    expect(choice).toBeNull();
    expect(checks[1]).toMatchObject({ code: 'client_programs', outcome: 'fail' });
    expect(checks[1]?.text).toContain('postgresql-client-16');
  });

  test('refuses a psql that does not know \\restrict for an SQL dump that has it', () => {
    const old = installed('15.13');
    expect(choosePostgres([old], dump('15.14', '15.14', 'sql')).choice).toBeNull();
    expect(choosePostgres([old], dump('15.14', '15.14', 'custom')).choice).not.toBeNull();
    expect(choosePostgres([old], dump('15.13', '15.13', 'sql')).choice).not.toBeNull();
  });

  test('takes the newest server, with a warning, when the dump does not say its version', () => {
    const { choice, checks } = choosePostgres([installed('15.14'), installed('17.6')], dump(null));
    expect(choice?.server.text).toBe('17.6');
    expect(checks[0]).toMatchObject({ code: 'server_version_unknown', outcome: 'warn' });
  });
});

describe('PostgreSQL versions', () => {
  test.each([
    ['postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)', 15, 20],
    ['psql (PostgreSQL) 18beta1', 18, 0],
    ['9.6.24', 9, 6],
    ['17.6 (Ubuntu 17.6-1.pgdg24.04+1)', 17, 6],
    ['14', 14, 0],
  ])('%s is read', (text, major, minor) => {
    expect(parsePostgresVersion(text)).toMatchObject({ major, minor });
  });

  test('no version in a text gives null', () => {
    expect(parsePostgresVersion('not a version')).toBeNull();
  });

  test.each([
    ['13.21', false],
    ['13.22', true],
    ['14.18', false],
    ['15.14', true],
    ['16.9', false],
    ['17.6', true],
    ['18.0', true],
    ['12.99', false],
  ])('whether %s writes \\restrict is %s', (text, expected) => {
    const version = parsePostgresVersion(text);
    expect(version && knowsRestrict(version)).toBe(expected);
  });
});
