import { join } from 'node:path';
import type { HostTools } from '../host-tools.ts';
import type { Owner } from '../postgres/cluster.ts';
import { withClient } from '../postgres/connection.ts';
import { startPostgres } from '../postgres/server.ts';
import { patiently, type Say } from '../say.ts';
import { type ShopApp, startShopApp } from './app.ts';
import { DATABASE, OWNER, ROLES_SQL, SCHEMA_SQL } from './schema.ts';
import { countRows, type ShopRows, seedShop } from './seed.ts';

export interface ShopOptions {
  readonly tools: HostTools;
  /** Where the database server lives; short, and the owner must be able to come to it. */
  readonly directory: string;
  /** The Unix user of the database server; needed under root. */
  readonly owner?: Owner | undefined;
  /** 1 for about 340 000 rows, whose dump takes some 7 MB. */
  readonly scale?: number;
  readonly port?: number;
  readonly say: Say;
}

/** An application with a real database of this host's PostgreSQL, seeded and served. */
export interface Shop {
  readonly app: ShopApp;
  /** As the application's role, the way SQLAlchemy writes it; no password, as the socket knows its users. */
  readonly databaseUrl: string;
  /** As the superuser, for `pg_dump` and the like. */
  connectionString(database: string): string;
  /** One more on the same server. @returns the superuser's connection string */
  createDatabase(name: string): Promise<string>;
  /** Rows of each table, to hold a restored copy against. */
  readonly rows: ShopRows;
  stop(): Promise<void>;
}

export async function startShop(options: ShopOptions): Promise<Shop> {
  const { tools, directory, owner, scale = 1, port, say } = options;
  const server = await startPostgres({
    bin: tools.bin,
    directory: join(directory, 'db'),
    superuser: 'postgres',
    owner,
    roles: ['postgres', OWNER],
    // A throwaway example: what it would lose in a power cut was made up a minute ago.
    durable: false,
    settings: { shared_buffers: '64MB', max_wal_size: '1GB' },
    say,
  });
  try {
    await withClient(server.connectionString('postgres'), (client) => client.query(ROLES_SQL));
    await server.createDatabase(DATABASE, OWNER);
    const rows = await patiently(
      say,
      'Filling the example shop with orders',
      withClient(server.connectionString(DATABASE), async (client) => {
        await client.query(SCHEMA_SQL);
        await seedShop(client, scale, new Date());
        return await countRows(client);
      }),
    );
    const app = await startShopApp(server.connectionStringAs(OWNER, DATABASE), port);
    const stop = async (): Promise<void> => {
      await app.close();
      await server.stop();
    };
    const where = `host=${encodeURIComponent(server.socketDirectory)}`;
    const databaseUrl = `postgresql+asyncpg://${OWNER}@/${DATABASE}?${where}`;
    return {
      app,
      databaseUrl,
      connectionString: server.connectionString,
      createDatabase: server.createDatabase,
      rows,
      stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
