import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { withClient } from '../../src/demo/postgres/connection.ts';
import { serverUser } from './server-user.ts';

const KEEPER = fileURLToPath(new URL('./embedded-keeper.mjs', import.meta.url));

/** An empty database of the test file's own, on an embedded server that its worker's files share. */
export interface TestDatabase {
  /** As a superuser who may make roles and further databases. */
  readonly connectionString: string;
  /** The same server, another database. */
  connectionStringTo(database: string): string;
  /** Call it in `afterAll`. Sessions that are still open are ended. */
  drop(): Promise<void>;
}

/**
 * Gives a fresh database: about 1 s for a worker's first file, some 50 ms for the next ones. The server
 * has no durability, listens on a socket only, and is ended when the worker ends.
 */
export async function testDatabase(): Promise<TestDatabase> {
  // The process, not the module: Jest loads modules anew for every file of a worker.
  const directory = join(tmpdir(), `twokey-test-embedded-${process.pid}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const server = await startEmbeddedPostgres({
    directory,
    ...(await serverUser()),
    durable: false,
    settings: { max_connections: '200', shared_buffers: '32MB' },
    say: () => {},
  });
  if (!server.attached) keep(directory);
  const name = `t${crypto.randomUUID().replaceAll('-', '')}`;
  const connectionString = await server.createDatabase(name);
  return {
    connectionString,
    connectionStringTo: server.connectionString,
    drop: () =>
      withClient(server.connectionString('postgres'), async (client) => {
        await client.query(`drop database ${name} with (force)`);
      }),
  };
}

function keep(directory: string): void {
  const keeper = execa(process.execPath, [KEEPER, directory], {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    detached: true,
    cleanup: false,
    reject: false,
  });
  keeper.unref();
  if ('unref' in keeper.stdin && typeof keeper.stdin.unref === 'function') keeper.stdin.unref();
}
