import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureHostTools } from '../../src/demo/host-tools.ts';
import { withClient } from '../../src/demo/postgres/connection.ts';
import { startShopApp } from '../../src/demo/shop/app.ts';
import { type Shop, startShop } from '../../src/demo/shop/shop.ts';
import { serverUser } from '../support/server-user.ts';

let root = '';
let shop: Shop;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await chmod(root, 0o755);
  const { uid, gid } = await serverUser();
  const owner = uid === undefined ? undefined : { uid, gid };
  const tools = await ensureHostTools(() => {});
  shop = await startShop({ tools, directory: join(root, 'shop'), owner, scale: 0.02, say: () => {} });
});
afterAll(async () => {
  await shop.stop();
  await rm(root, { recursive: true, force: true });
});

describe('the example shop', () => {
  test('shows its orders and its health', async () => {
    const page = await (await fetch(shop.app.url)).text();
    expect(page).toContain(`<strong>${shop.rows.orders}</strong> orders`);
    const health = await fetch(`${shop.app.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({
      ok: true,
      database: { connected: true, latencyMs: expect.any(Number) },
    });
  });

  test('says that it is ill when its database is away, and stays up', async () => {
    const alone = await startShopApp('postgresql://orders_app@/orders?host=/nowhere');
    const health = await fetch(`${alone.url}/health`);
    expect([health.status, await health.json()]).toEqual([
      503,
      { ok: false, database: { connected: false, latencyMs: null } },
    ]);
    expect(await (await fetch(alone.url)).text()).toContain('does not answer');
    await alone.close();
  });

  test('has rows in every table, and sequences beyond the last of them', async () => {
    expect(shop.rows).toMatchObject({ customers: 200, products: 240, orders: 1000, order_lines: 2500 });
    for (const count of Object.values(shop.rows)) expect(count).toBeGreaterThan(0);
    await withClient(shop.connectionString('orders'), async (client) => {
      const { rows } = await client.query(
        'select (select max(id) from orders) <= (select last_value from orders_id_seq) as ok',
      );
      expect(rows).toEqual([{ ok: true }]);
    });
  });
});
