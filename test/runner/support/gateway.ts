import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { type WebSocket, WebSocketServer } from 'ws';
import { GatewayFrame, type HelloPayload, RunnerFrame } from '../../../src/wire/frame.ts';
import type { Order } from '../../../src/wire/order.ts';
import type { Progress } from '../../../src/wire/progress.ts';
import { formatPublicKey, isSignedBy, keyId, signPayload } from '../../../src/wire/signature.ts';
import type { Statement, StatementOf } from '../../../src/wire/statement.ts';

/** The far end of the wire, and no more of the bot than that. */
export interface Gateway {
  readonly url: string;
  readonly orderKey: KeyObject;
  /** As it stands in `bot.order-keys`. */
  readonly orderKeyText: string;
  /** Every statement that came, repeats included. */
  readonly statements: readonly Statement[];
  readonly progress: readonly {
    readonly operation: string;
    readonly step: string;
    readonly progress: Progress;
  }[];
  readonly received: readonly string[];
  readonly begins: readonly string[];
  readonly hellos: readonly HelloPayload[];
  /** Statements are acknowledged only while this is true. */
  acking: boolean;
  /** While this is true nobody is let in. */
  deaf: boolean;
  /** What `begin` is answered with; null: no answer. */
  beginning: boolean | null;
  /** Signs an order and sends it; returns its id. */
  order(payload: Order, key?: KeyObject): string;
  send(frame: unknown): void;
  /** Ends the connection at once, as a network does. */
  cut(): void;
  /** Leaves the connection open and never answers on it again, pings included. */
  freeze(): void;
  /** The first statement of a kind that satisfies the test, waiting for it. */
  statement<Kind extends Statement['kind']>(
    kind: Kind,
    test?: (statement: StatementOf<Kind>) => boolean,
  ): Promise<StatementOf<Kind>>;
  until(condition: () => boolean, what?: string): Promise<void>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly runnerKey: KeyObject;
  /** The key that welcomes; another one than `orderKey` makes an impostor. */
  readonly welcomeKey?: KeyObject;
  readonly wire?: readonly number[];
  readonly port?: number;
  readonly orderKey?: KeyObject;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const orderKey = options.orderKey ?? generateKeyPairSync('ed25519').privateKey;
  const server = new WebSocketServer({ host: '127.0.0.1', port: options.port ?? 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The gateway has no port');
  const statements: Statement[] = [];
  const progress: { operation: string; step: string; progress: Progress }[] = [];
  const received: string[] = [];
  const begins: string[] = [];
  const hellos: HelloPayload[] = [];
  let socket: WebSocket | null = null;

  const gateway: Gateway = {
    url: `ws://127.0.0.1:${address.port}/runner`,
    orderKey,
    orderKeyText: formatPublicKey(createPublicKey(orderKey)),
    statements,
    progress,
    received,
    begins,
    hellos,
    acking: true,
    deaf: false,
    beginning: true,
    order(payload, key = orderKey) {
      gateway.send({ type: 'order', order: signPayload('order', payload, key) });
      return payload.id;
    },
    send: (frame) => socket?.send(JSON.stringify(frame)),
    cut: () => socket?.terminate(),
    freeze: () => socket?.pause(),
    async statement(kind, test = () => true) {
      let found: Statement | undefined;
      await gateway.until(() => {
        found = statements.find((statement) => isKind(statement, kind) && test(statement));
        return found !== undefined;
      }, `a statement '${kind}'`);
      if (found === undefined || !isKind(found, kind)) throw new Error('unreachable');
      return found;
    },
    async until(condition, what = String(condition)) {
      const deadline = Date.now() + 30_000;
      while (!condition()) {
        if (Date.now() > deadline)
          throw new Error(`No ${what} in time; so far: ${JSON.stringify(statements, null, 1)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const connection of server.clients) connection.terminate();
        server.close(() => resolve());
      }),
  };

  server.on('connection', (connection) => {
    if (gateway.deaf) {
      connection.terminate();
      return;
    }
    const challenge = randomBytes(32).toString('hex');
    const send = (frame: GatewayFrame): void => connection.send(JSON.stringify(GatewayFrame.parse(frame)));
    connection.on('error', () => {});
    connection.on('close', () => {
      if (socket === connection) socket = null;
    });
    connection.on('message', (data) => {
      const frame = RunnerFrame.parse(JSON.parse(String(data)));
      if (frame.type === 'hello') {
        const { payload } = frame.hello;
        if (
          payload.challenge !== challenge ||
          !isSignedBy('hello', frame.hello, [createPublicKey(options.runnerKey)])
        ) {
          connection.close();
          return;
        }
        hellos.push(payload);
        socket = connection;
        const welcome = { runner: payload.runner, wire: payload.wire, nonce: payload.nonce };
        send({ type: 'welcome', welcome: signPayload('welcome', welcome, options.welcomeKey ?? orderKey) });
        return;
      }
      if (frame.type === 'statement') {
        if (!isSignedBy('statement', frame.statement, [createPublicKey(options.runnerKey)]))
          throw new Error(`A statement not signed by ${keyId(createPublicKey(options.runnerKey))}`);
        statements.push(frame.statement.payload);
        if (gateway.acking) send({ type: 'ack', id: frame.statement.payload.id });
      }
      if (frame.type === 'progress') progress.push(frame);
      if (frame.type === 'received') received.push(frame.order);
      if (frame.type === 'begin') {
        begins.push(frame.step);
        const { operation, step } = frame;
        if (gateway.beginning !== null)
          send({
            type: 'begun',
            operation,
            step,
            ok: gateway.beginning,
            code: gateway.beginning ? null : 'lost',
          });
      }
    });
    send({ type: 'challenge', challenge, wire: [...(options.wire ?? [1])] });
  });
  return gateway;
}

export function isKind<Kind extends Statement['kind']>(
  statement: Statement,
  kind: Kind,
): statement is StatementOf<Kind> {
  return statement.kind === kind;
}
