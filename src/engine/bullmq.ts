import { createPostgresBackend, createRedisBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Engine } from './engine.ts';

const SCHEMA = 'bullmq';
/** A ring nobody hears within this time is given up: the sweep finds the work. */
const RING_DEADLINE_MS = 2_000;
const CLOSE_DEADLINE_MS = 3_000;

export type EngineOptions =
  | { readonly backend: 'postgres'; readonly url: string; readonly log: Logger }
  | { readonly backend: 'redis'; readonly url: string; readonly log: Logger };

/** BullMQ on Redis or on Postgres: the same queues and workers, chosen by one factory argument. */
export async function openBullmqEngine(options: EngineOptions): Promise<Engine> {
  const { log } = options;
  const connect =
    options.backend === 'redis' ? redisQueues(options.url, log) : await postgresQueues(options.url);
  const queues = new Map<string, Ringable>();
  const workers: Closable[] = [];
  const queue = (bell: string): Ringable => {
    const known = queues.get(bell);
    if (known !== undefined) return known;
    const made = connect.queue(`twokey-${bell}`);
    made.on('error', (error) => log.warn({ err: error }, 'the engine reports an error'));
    queues.set(bell, made);
    return made;
  };
  return {
    async ring(bell) {
      try {
        const rung = queue(bell).add('ring', {}, { attempts: 1, removeOnComplete: true, removeOnFail: true });
        await inTime(RING_DEADLINE_MS, rung);
      } catch (error) {
        log.warn({ err: error }, 'a ring was lost');
      }
    },
    async answer(bell, handler) {
      const worker = connect.worker(`twokey-${bell}`, async () => {
        await handler();
      });
      worker.on('error', (error) => log.warn({ err: error }, 'the engine reports an error'));
      workers.push(worker);
    },
    async close() {
      const closing = Promise.all([...workers, ...queues.values()].map((open) => open.close()));
      await inTime(CLOSE_DEADLINE_MS, closing).catch((error: unknown) =>
        log.warn({ err: error }, 'the engine did not close in an orderly way'),
      );
      await connect.close();
    },
  };
}

interface Closable {
  close(): Promise<void>;
}

interface Ringable extends Closable {
  add(name: string, data: object, options: object): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface Queues {
  queue(name: string): Ringable;
  worker(name: string, work: () => Promise<void>): Closable & Pick<Ringable, 'on'>;
  close(): Promise<void>;
}

/** A stalled or failed ring is never run again: the sweep is the retry. */
const WORKER = { concurrency: 1, maxStalledCount: 0, lockDuration: 30_000 } as const;

async function postgresQueues(url: string): Promise<Queues> {
  await migratePostgres(url);
  const connection = { connectionString: url, schema: SCHEMA, application_name: 'twokey-engine' };
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend),
    worker: (name, work) => new Worker(name, work, { connection, ...WORKER }, createPostgresBackend),
    close: async () => undefined,
  };
}

async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}

function redisQueues(url: string, log: Logger): Queues {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', (error) => log.warn({ err: error }, 'Redis does not answer'));
  return {
    queue: (name) => new Queue(name, { connection, skipWaitingForReady: true }, createRedisBackend),
    worker(name, work) {
      const worker = new Worker(name, work, { connection, ...WORKER }, createRedisBackend);
      return {
        on: (event, listener) => worker.on(event, listener),
        // By force: a Redis that is away would else be waited for, and an abandoned ring is harmless.
        close: () => worker.close(true),
      };
    },
    close: async () => connection.disconnect(),
  };
}

async function inTime(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the engine did not answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
