import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withClient } from '../../src/demo/postgres/connection.ts';
import { type TestDatabase, testDatabase } from './embedded.ts';

let one: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  one = await testDatabase();
  other = await testDatabase();
});
afterAll(async () => {
  await one.drop();
  await other.drop();
});

test('every test file has a database of its own on one server', async () => {
  await withClient(one.connectionString, (client) => client.query('create table mine (a int)'));
  const seen = await withClient(other.connectionString, (client) =>
    client.query("select to_regclass('mine') as mine, current_setting('server_version_num')::int as version"),
  );
  expect(seen.rows[0]).toMatchObject({ mine: null });
  expect(seen.rows[0].version).toBeGreaterThanOrEqual(180000);
});
