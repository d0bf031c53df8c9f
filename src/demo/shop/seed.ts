import type { Client } from 'pg';
import { OWNER } from './schema.ts';

/** Rows per table at a scale of 1. */
const SIZES = { customers: 10_000, products: 240, orders: 50_000, auditLog: 100_000 };

/**
 * Fills the shop. The same scale and moment give the same rows: everything follows from row numbers.
 *
 * @param scale 1 for about 340 000 rows, whose dump takes some 7 MB.
 * @param until the moment of the newest order.
 */
export async function seedShop(client: Client, scale: number, until: Date): Promise<void> {
  const rows = (size: number): number => Math.max(1, Math.round(size * scale));
  const orders = rows(SIZES.orders);
  const customers = rows(SIZES.customers);
  const moment = `timestamptz '${until.toISOString()}'`;
  await client.query(`
    begin;
    set local role ${OWNER};
    set local synchronous_commit = off;
    insert into customers (email, name, country, created_at)
      select 'person' || i || '@example.com', 'Person ' || substr(md5('n' || i), 1, 8),
             (array['CH', 'DE', 'FR', 'AT', 'IT', 'NL'])[1 + i % 6],
             ${moment} - (${customers} - i) * interval '97 minutes'
      from generate_series(1, ${customers}) i;
    insert into products (sku, name, price_cents, stock)
      select 'SKU-' || lpad(i::text, 5, '0'), 'Article ' || substr(md5('p' || i), 1, 6), 190 + i * 7919 % 24000, i * 31 % 400
      from generate_series(1, ${SIZES.products}) i;
    insert into orders (number, customer_id, status, placed_at, updated_at, delivery_note)
      select 'O-' || lpad(i::text, 8, '0'), 1 + i * 7919 % ${customers},
             case when i > ${orders} - 300 then 'new' when i > ${orders} - 900 then 'paid' when i % 41 = 0 then 'cancelled'
                  when i > ${orders} - 2500 then 'shipped' else 'delivered' end::order_status,
             at, at + interval '3 hours', case when i % 7 = 0 then 'Ring ' || md5('d' || i) end
      from generate_series(1, ${orders}) i, lateral (select ${moment} - (${orders} - i) * interval '11 minutes' as at) t;
    insert into order_lines
      select o.id, line, 1 + (o.id * 131 + line * 17) % ${SIZES.products}, 1 + (o.id + line) % 4, 190 + (o.id * line) % 24000
      from orders o, generate_series(1, 1 + o.id % 4) line;
    insert into payments (order_id, provider_reference, method, amount_cents, paid_at)
      select o.id, 'pay_' || md5('r' || o.id), (array['card', 'card', 'transfer', 'invoice'])[1 + o.id % 4],
             (select sum(quantity * unit_price_cents) from order_lines l where l.order_id = o.id), o.placed_at + interval '4 minutes'
      from orders o where o.status not in ('new', 'cancelled');
    insert into refunds (payment_id, amount_cents, reason, refunded_at)
      select id, greatest(1, amount_cents / 2), 'Returned: ' || substr(md5('w' || id), 1, 10), paid_at + interval '6 days'
      from payments where id % 37 = 0;
    do $$
    declare month timestamptz := date_trunc('month', ${moment} - interval '11 months');
    begin
      create table audit_log_before partition of audit_log default;
      for i in 0..12 loop
        execute format('create table audit_log_%s partition of audit_log for values from (%L) to (%L)',
          to_char(month, 'YYYYMM'), month, month + interval '1 month');
        month := month + interval '1 month';
      end loop;
    end $$;
    insert into audit_log (at, actor, action, subject, detail)
      select ${moment} - (${rows(SIZES.auditLog)} - i) * interval '13 minutes', 'person' || (i * 31) % ${customers},
             (array['order.placed', 'order.paid', 'order.shipped', 'login'])[1 + i % 4], 'order:' || 1 + i % ${orders},
             jsonb_build_object('request', md5('q' || i), 'address', '192.0.2.' || i % 250)
      from generate_series(1, ${rows(SIZES.auditLog)}) i;
    refresh materialized view daily_sales;
    commit;
    analyze;
  `);
}

const COUNTED = [
  'customers',
  'products',
  'orders',
  'order_lines',
  'payments',
  'refunds',
  'audit_log',
] as const;
export type ShopRows = Readonly<Record<(typeof COUNTED)[number], number>>;

/** The rows of every table, counted. */
export async function countRows(client: Client): Promise<ShopRows> {
  const columns = COUNTED.map((table) => `(select count(*) from ${table})::int as ${table}`);
  const { rows } = await client.query<ShopRows>(`select ${columns.join(', ')}`);
  if (rows[0] === undefined) throw new Error('The example shop could not be counted');
  return rows[0];
}
