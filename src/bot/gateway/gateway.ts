import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { FRAME_BYTES_MAX, type GatewayFrame, RunnerFrame } from '../../wire/frame.ts';
import type { SignedOrder } from '../../wire/order.ts';
import type { SignedStatement } from '../../wire/statement.ts';
import { type Greeted, greet } from './handshake.ts';

const PING_EVERY_MS = 15_000;
const CLOSE_DEADLINE_MS = 2_000;

export interface GatewayOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Runner name → its public key. */
  readonly runners: Readonly<Record<string, KeyObject>>;
  readonly orderKey: KeyObject;
  readonly log: Logger;
  connected(runner: Greeted): Promise<void>;
  gone(runner: string): Promise<void>;
  received(orderId: string): Promise<void>;
  /** Resolves once the statement is durable; only then is it acknowledged. */
  stated(runner: Greeted, statement: SignedStatement): Promise<void>;
  progressed(runner: Greeted, frame: Extract<RunnerFrame, { type: 'progress' }>): void;
  /** Whether a destructive step may begin now; a code when not. */
  begin(runner: Greeted, frame: Extract<RunnerFrame, { type: 'begin' }>): Promise<string | null>;
}

export interface Gateway {
  readonly port: number;
  /** Runners connected to this replica. */
  connectedRunners(): string[];
  /** @returns false when the runner is not connected here. */
  offer(runner: string, order: SignedOrder): boolean;
  close(): Promise<void>;
}

/** Where runners dial in. It knows who they are and passes on what they say; it decides nothing. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const sockets = new Map<string, WebSocket>();
  const http = createServer((_, response) =>
    response.writeHead(426).end('Runners connect here by WebSocket.\n'),
  );
  const server = new WebSocketServer({ server: http, path: '/runner', maxPayload: FRAME_BYTES_MAX });
  server.on('error', (error) => options.log.error({ err: error }, 'the gateway reports an error'));
  server.on('connection', (socket) => {
    socket.on('error', (error) => options.log.warn({ err: error }, 'a runner connection failed'));
    welcome(socket, sockets, options).catch((error: unknown) => {
      options.log.warn({ err: error }, 'a runner was not let in');
      socket.terminate();
    });
  });
  const pings = setInterval(() => pingAll(server), PING_EVERY_MS);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.listen.port, options.listen.host, resolve);
  });
  const address = http.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.listen.port,
    connectedRunners: () => [...sockets.keys()],
    offer(runner, order) {
      const socket = sockets.get(runner);
      if (socket?.readyState !== socket?.OPEN || socket === undefined) return false;
      send(socket, { type: 'order', order });
      return true;
    },
    async close() {
      clearInterval(pings);
      for (const socket of server.clients) socket.close(1001, 'the bot stops');
      const closed = new Promise<void>((resolve) => server.close(() => http.close(() => resolve())));
      const forced = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
        http.closeAllConnections();
      }, CLOSE_DEADLINE_MS);
      await closed;
      clearTimeout(forced);
    },
  };
}

async function welcome(
  socket: WebSocket,
  sockets: Map<string, WebSocket>,
  options: GatewayOptions,
): Promise<void> {
  const runner = await greet(socket, options);
  if (runner === null) return;
  // A runner that comes back before its old connection was noticed dead: the newest is the runner.
  sockets.get(runner.name)?.terminate();
  sockets.set(runner.name, socket);
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  const watch = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
  }, PING_EVERY_MS * 2);
  socket.on('close', () => {
    clearInterval(watch);
    if (sockets.get(runner.name) !== socket) return;
    sockets.delete(runner.name);
    options
      .gone(runner.name)
      .catch((error: unknown) => options.log.error({ err: error }, 'a leave was not noted'));
  });
  // One frame after the other, so that what a runner says is taken in the order it said it.
  let turn: Promise<void> = options.connected(runner);
  socket.on('message', (data) => {
    turn = turn
      .then(() => hear(socket, runner, String(data), options))
      .catch((error: unknown) => {
        options.log.error({ err: error, runner: runner.name }, 'a frame of a runner could not be handled');
        socket.terminate();
      });
  });
  await turn;
}

async function hear(
  socket: WebSocket,
  runner: Greeted,
  data: string,
  options: GatewayOptions,
): Promise<void> {
  const frame = RunnerFrame.parse(JSON.parse(data));
  switch (frame.type) {
    case 'hello':
      throw new Error('a second hello');
    case 'received':
      return options.received(frame.order);
    case 'statement':
      await options.stated(runner, frame.statement);
      return send(socket, { type: 'ack', id: frame.statement.payload.id });
    case 'progress':
      return options.progressed(runner, frame);
    case 'begin': {
      const code = await options.begin(runner, frame);
      const { operation, step } = frame;
      return send(socket, { type: 'begun', operation, step, ok: code === null, code });
    }
  }
}

function pingAll(server: WebSocketServer): void {
  for (const socket of server.clients) if (socket.readyState === socket.OPEN) socket.ping();
}

function send(socket: WebSocket, frame: GatewayFrame): void {
  socket.send(JSON.stringify(frame));
}
