import type { Server } from 'node:http';
import express from 'express';
import pg from 'pg';

/** The example application: what a restore is for, seen from outside. */
export interface ShopApp {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

interface Numbers {
  readonly orders: string;
  readonly customers: string;
  readonly newest: Date | null;
}

/** Serves `/health` and a page on 127.0.0.1. It stays up without its database, and says so. */
export async function startShopApp(connectionString: string, port = 0): Promise<ShopApp> {
  const pool = new pg.Pool({
    connectionString,
    max: 4,
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
  });
  pool.on('error', () => {});
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', async (_request, response) => {
    const begun = performance.now();
    const connected = await pool.query('select 1').then(
      () => true,
      () => false,
    );
    const latencyMs = connected ? Math.round((performance.now() - begun) * 10) / 10 : null;
    response.status(connected ? 200 : 503).json({ ok: connected, database: { connected, latencyMs } });
  });
  app.get('/', async (_request, response) => {
    const numbers = await read(pool).catch(() => null);
    response
      .status(numbers ? 200 : 503)
      .type('html')
      .send(page(numbers));
  });
  const server = await listen(app, port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The example shop has no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}

async function read(pool: pg.Pool): Promise<Numbers | null> {
  const { rows } = await pool.query<Numbers>(
    'select (select count(*) from orders) as orders, (select count(*) from customers) as customers, max(placed_at) as newest from orders',
  );
  return rows[0] ?? null;
}

function page(numbers: Numbers | null): string {
  const body = numbers
    ? `<p><strong>${numbers.orders}</strong> orders of <strong>${numbers.customers}</strong> customers.</p>
<p>The newest was placed ${numbers.newest?.toUTCString() ?? 'never'}.</p>`
    : '<p><strong>The database does not answer.</strong></p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Orders</title>
<meta name="viewport" content="width=device-width"><style>body{font:1.1rem system-ui;margin:3rem auto;max-width:36rem}</style>
<h1>Orders</h1>${body}</html>`;
}

function listen(app: express.Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', (error) => (error ? reject(error) : resolve(server)));
  });
}
