import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { BotConfig } from '../config/bot-config.ts';
import { type Engine, SHARED_BELL } from '../engine/engine.ts';
import type { Operation } from '../operation/operation.ts';
import type { Hearer, Intake } from '../slack/intake.ts';
import type { Slack } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import { parsePublicKey } from '../wire/signature.ts';
import { applier } from './apply.ts';
import { follow } from './follow.ts';
import { type GatewayOptions, openGateway } from './gateway/gateway.ts';
import type { BotKeys } from './keys.ts';
import { liveProgress } from './live.ts';
import { logKeeper } from './log-keeper.ts';
import { lookout } from './lookout.ts';
import { offerOrders } from './offers.ts';
import { alone } from './turns.ts';
import { reconcileOpen, type WorkContext, work } from './work.ts';

/** Every row that a ring should have told of is found within this time when the ring was lost. */
const SWEEP_EVERY_MS = 1_000;
const RECONCILE_EVERY_MS = 60_000;
const LOG_EVERY_MS = 5_000;

export interface BotParts {
  readonly config: BotConfig;
  readonly keys: BotKeys;
  readonly store: Store;
  readonly engine: Engine;
  readonly slack: Slack;
  /** Starts to listen to Slack, over Socket Mode or HTTP. */
  readonly listen: (hearer: Hearer) => Promise<Intake>;
  readonly log: Logger;
}

export interface Bot {
  /** The port of the gateway that runners dial. */
  readonly gatewayPort: number;
  stop(): Promise<void>;
}

/** One replica of the control plane. It keeps nothing in memory that another replica would miss. */
export async function startBot({ config, keys, store, engine, slack, listen, log }: BotParts): Promise<Bot> {
  const replica = randomUUID().slice(0, 8);
  const now = (): string => new Date().toISOString();
  const logs = logKeeper(store, config.installation, keys.log);
  const news = lookout(store);
  const changed = (operation: Operation): void => {
    void engine.ring(SHARED_BELL);
    ringRunnersReplica(store, engine, operation).catch((error: unknown) =>
      log.warn({ err: error }, 'a ring was lost'),
    );
  };
  const live = liveProgress(() => context, log);
  const context: WorkContext = {
    config,
    store,
    slack,
    log: logs,
    now,
    applier: applier({ store, log: config.installation, secrets: secretsOf(config), changed }),
    live: live.of,
    blocks: { plan: true },
    asked: ({ operation }, responseUrl) =>
      news.watch(operation.id, operation.code, operation.requester.id, operation.channel, responseUrl),
  };
  const options: GatewayOptions = {
    listen: config.gateway,
    runners: Object.fromEntries(
      Object.values(config.runners).map(({ name, key }) => [name, parsePublicKey(key)]),
    ),
    orderKey: keys.order,
    log,
    async connected({ name, host, version }) {
      log.info({ runner: name, host }, 'a runner is connected');
      await store.runnerConnected(name, replica, host, version);
      await engine.ring(replica);
    },
    async gone(name) {
      log.warn({ runner: name }, 'a runner is gone');
      await store.runnerGone(name, replica);
    },
    async received(order) {
      await store.finishOrder(order);
      await engine.ring(replica);
    },
    stated: (runner, statement) => follow(runner, statement, context),
    progressed(_, { operation, step, progress }) {
      live.note(operation, { step, progress });
      if (step === 'preflight')
        void news
          .note(operation, progress)
          .catch((error: unknown) => log.warn({ err: error }, 'news was lost'));
    },
    begin: async (_, { operation, step, fence }) => mayBegin(await store.operation(operation), step, fence),
  };
  const gateway = await openGateway(options);
  const toDo = alone(() => work(context, log), log);
  const toOffer = alone(
    () => offerOrders(gateway, { store, log: logs, orderKey: keys.order, now }, log),
    log,
  );
  const toReconcile = alone(() => reconcileOpen(context, log), log);
  const toSequence = alone(() => logs.sequence(), log);
  await engine.answer(SHARED_BELL, toDo);
  await engine.answer(replica, toOffer);
  const intake = await listen({
    async keep({ key, kind, body }) {
      if (await store.receive(key, kind, body)) await engine.ring(SHARED_BELL);
    },
    connected: () => void toReconcile(),
  });
  const timers = [
    setInterval(() => void toDo(), SWEEP_EVERY_MS),
    setInterval(() => void toOffer(), SWEEP_EVERY_MS),
    setInterval(() => void toReconcile(), RECONCILE_EVERY_MS),
    setInterval(() => void toSequence(), LOG_EVERY_MS),
  ];
  await toReconcile();
  log.info({ replica, gateway: gateway.port }, 'the bot is ready');
  return {
    gatewayPort: gateway.port,
    async stop() {
      await intake.stop();
      for (const timer of timers) clearInterval(timer);
      live.stop();
      await toDo();
      await gateway.close();
      await engine.close();
      await store.close();
    },
  };
}

function secretsOf({ slack, databaseUrl, engine }: BotConfig): string[] {
  const proof = slack.mode === 'socket' ? slack.appToken : slack.signingSecret;
  return [slack.botToken, proof, databaseUrl, ...(engine.kind === 'redis' ? [engine.url] : [])];
}

async function ringRunnersReplica(store: Store, engine: Engine, operation: Operation): Promise<void> {
  const runner = (await store.runners()).find(({ name }) => name === operation.runner);
  if (runner?.replica != null) await engine.ring(runner.replica);
}

/** The answer to a runner that is about to do something destructive: a code when it must not. */
function mayBegin(
  stored: { readonly operation: Operation } | null,
  step: string,
  fence: number,
): string | null {
  if (stored === null) return 'unknown_operation';
  const { operation } = stored;
  if (operation.state !== 'running' || operation.stoppedBy !== null) return 'not_running';
  if (operation.claim?.fence !== fence) return 'wrong_fence';
  return operation.steps.some(({ id, phase }) => id === step && phase === 'pending') ? null : 'not_this_step';
}
