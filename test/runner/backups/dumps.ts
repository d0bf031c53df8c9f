import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { type Cluster, postgresProgram, startCluster } from '../../support/postgres-cluster.ts';

/** A small database with what makes dumps hard to read: odd names, partitions, large objects, nothing. */
const SCHEMA = String.raw`
  create role shop_owner; create role "Odd ""Role"; create role reader;
  create extension pg_trgm;
  create schema "we;ird" authorization shop_owner;
  create table orders (id int primary key, note text, total numeric);
  alter table orders owner to shop_owner;
  insert into orders select n, repeat('line' || n || E'\n\\.\n', 20), n from generate_series(1, 3000) n;
  create table "we;ird"."COPY x FROM stdin; --" ("a""b" text);
  insert into "we;ird"."COPY x FROM stdin; --" values ('COPY public.fake (a) FROM stdin;'), (E'\\.'), (null);
  create table empty_one (id int);
  create table no_columns ();
  create table events (at date, n int) partition by range (at);
  create table events_25 partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table events_26 partition of events for values from ('2026-01-01') to ('2027-01-01');
  insert into events select date '2025-06-01' + n, n from generate_series(1, 500) n;
  create function f() returns text language sql as $body$ select 'GRANT ALL ON x TO evil; -- PostgreSQL database dump complete' $body$;
  comment on table orders is 'it''s -- not; a comment $$ /*';
  grant select on orders to reader, "Odd ""Role" with grant option;
  alter table orders enable row level security;
  create policy p on orders for select to reader using (true);
  create view v as select id from orders;
  select lo_from_bytea(0, decode(repeat('00ff41', 5000), 'hex')), lo_from_bytea(0, '');
`;

/** Rows of every table with data, by its plain name. */
export const ROWS: Readonly<Record<string, number>> = {
  orders: 3000,
  'COPY x FROM stdin; --': 3,
  empty_one: 0,
  no_columns: 0,
  events_25: 213,
  events_26: 287,
};

export interface Dumps {
  readonly cluster: Cluster;
  readonly directory: string;
  /** Dumps the database `shop` with these options to a file of this name, and returns its path. */
  dump(name: string, ...options: string[]): Promise<string>;
  path(name: string): string;
  stop(): Promise<void>;
}

export async function startDumps(): Promise<Dumps> {
  const cluster = await startCluster();
  const directory = await mkdtemp(join(tmpdir(), 'twokey-test-dumps-'));
  await cluster.query('postgres', 'create database shop');
  await cluster.query('shop', SCHEMA);
  return {
    cluster,
    directory,
    path: (name) => join(directory, name),
    dump: async (name, ...options) => {
      const path = join(directory, name);
      await execa(postgresProgram('pg_dump'), [
        ...options,
        '-f',
        path,
        '-d',
        cluster.connectionString('shop'),
      ]);
      return path;
    },
    stop: async () => {
      await cluster.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What `openssl enc` writes; `args` beyond the cipher. */
export async function encrypt(from: string, to: string, key: string, ...args: string[]): Promise<void> {
  const options = args.length > 0 ? args : ['-aes-256-cbc', '-pbkdf2'];
  await execa('openssl', ['enc', ...options, '-salt', '-pass', 'env:KEY', '-in', from, '-out', to], {
    env: { KEY: key },
  });
}

export async function gzipFile(from: string, to: string): Promise<void> {
  await writeFile(to, gzipSync(await readFile(from)));
}

/** Cuts a file after so many bytes. */
export async function cutFile(from: string, to: string, length: number): Promise<void> {
  await writeFile(to, (await readFile(from)).subarray(0, length));
}

/** Hands out bytes in pieces of this size. */
export async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The code of the refusal that `promise` ends with; fails the test when it does not. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string }> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof Error && 'code' in outcome && 'hint' in outcome) {
    return { code: String(outcome.code), message: outcome.message, hint: String(outcome.hint) };
  }
  throw outcome ?? new Error('Nothing was refused');
}
