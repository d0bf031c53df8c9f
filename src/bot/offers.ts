import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { makeOrder } from './dispatch.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { LogKeeper } from './log-keeper.ts';

const BATCH = 50;
/** An order that the runner has not received by then is offered again, with the same id. */
const OFFER_LEASE_MS = 10_000;

/** Offers what is due to the runners that are connected to this replica. */
export async function offerOrders(
  gateway: Gateway,
  context: {
    readonly store: Store;
    readonly log: LogKeeper;
    readonly orderKey: KeyObject;
    readonly now: () => string;
  },
  log: Logger,
): Promise<void> {
  const runners = gateway.connectedRunners();
  if (runners.length === 0) return;
  for (const item of await context.store.takeOutbox('runner', BATCH, OFFER_LEASE_MS, runners)) {
    const stored = item.operation === null ? null : await context.store.operation(item.operation);
    if (stored === null || item.effect.kind !== 'order') continue;
    const order = await makeOrder(item, item.effect, stored.operation, context);
    if (order === null) {
      await context.store.finishOutbox(item.seq, 'superseded');
    } else if (!gateway.offer(stored.operation.runner, order)) {
      log.info({ runner: stored.operation.runner }, 'the runner left before an order was offered');
      await context.store.postponeOutbox(item.seq, OFFER_LEASE_MS, 'runner away');
    }
  }
}
