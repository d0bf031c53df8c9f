import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { usesSocketMode } from '../apps.ts';
import type { Faults } from '../control/faults.ts';
import type { Traffic } from '../control/traffic.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { WorldApp } from '../world.ts';
import type { Outcome, Parcel, Timing } from './parcel.ts';

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

/** Socket Mode: the open WebSockets of all apps. */
export interface Sockets {
  /** A WebSocket address that works once, within thirty seconds. */
  openTicket(app: WorldApp, host: string): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Gives the parcel to one open connection of the app, any of them. */
  send(app: WorldApp, parcel: Parcel): Promise<Outcome>;
  /** How many connections the app has. */
  count(app: string): number;
  /** Tells the app's connections to go; `abrupt` cuts them without a word. */
  disconnect(app: string, reason: DisconnectReason | 'abrupt'): number;
  close(): Promise<void>;
}

interface Context {
  readonly workspace: Workspace;
  readonly timing: Timing;
  readonly faults: Faults;
  readonly traffic: Traffic;
}

interface Connection {
  readonly app: string;
  readonly socket: WebSocket;
  /** What waits for an acknowledgement. A duplicated envelope is here twice. */
  readonly pending: Set<{ readonly id: string; readonly settle: (outcome: Outcome) => void }>;
  answered: boolean;
}

const host = 'applink-local';
const mostConnections = 10;
const ticketMs = 30_000;
const goodbyeMs = 500;
const Ack = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

export function createSockets({ workspace, timing, faults, traffic }: Context): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, { app: string; expires: number }>();
  const connections = new Set<Connection>();
  const of = (app: string) => [...connections].filter((connection) => connection.app === app);

  const heartbeat = setInterval(() => {
    for (const connection of connections) {
      if (!connection.answered) connection.socket.terminate();
      connection.answered = false;
      connection.socket.ping(`Ping from ${host}`);
    }
  }, timing.pingMs);
  heartbeat.unref();

  const accept = (socket: WebSocket, app: string) => {
    const open = of(app).length;
    socket.on('error', () => socket.terminate());
    if (open >= mostConnections) {
      const reason = 'too_many_websockets';
      socket.send(
        JSON.stringify({
          ...disconnectFrame(reason),
          num_connections: open,
          connection_info: { app_id: app },
        }),
      );
      socket.close();
      return;
    }
    const connection: Connection = { app, socket, pending: new Set(), answered: true };
    connections.add(connection);
    socket.on('pong', () => {
      connection.answered = true;
    });
    socket.on('message', (data) => acknowledge(connection, String(data), traffic));
    socket.on('close', () => {
      connections.delete(connection);
      for (const { settle } of [...connection.pending]) settle({ kind: 'lost' });
      traffic.note({ kind: 'socket', name: 'closed', app });
    });
    socket.send(JSON.stringify(helloFrame(app, open + 1)));
    traffic.note({ kind: 'socket', name: 'hello', app });
  };

  return {
    openTicket(app, reachedAt) {
      const ticket = randomBytes(18).toString('base64url');
      tickets.set(ticket, { app: app.id, expires: Date.now() + ticketMs });
      return `ws://${reachedAt}/link/?ticket=${ticket}&app_id=${app.id}`;
    },

    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://local');
      const key = url.searchParams.get('ticket') ?? '';
      const ticket = tickets.get(key);
      const refused = faults.takeSocket() ?? (url.pathname === '/link/' ? undefined : 404);
      tickets.delete(key);
      if (refused !== undefined) return refuse(socket, refused);
      const app = ticket === undefined ? undefined : workspace.data.apps[ticket.app];
      if (ticket === undefined || ticket.expires < Date.now() || app === undefined)
        return refuse(socket, 403);
      server.handleUpgrade(request, socket, head, (opened) => {
        if (usesSocketMode(app)) return accept(opened, app.id);
        opened.send(JSON.stringify(disconnectFrame('link_disabled')));
        opened.close();
      });
    },

    send(app, parcel) {
      const open = of(app.id).filter(({ socket }) => socket.readyState === socket.OPEN);
      const chosen = open[Math.floor(Math.random() * open.length)];
      if (chosen === undefined)
        return Promise.resolve({ kind: 'undeliverable', detail: 'no open connection' });
      const envelope = envelopeOf(parcel);
      traffic.note({ kind: 'envelope', name: parcel.kind, app: app.id, request: envelope });
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle({ kind: 'timeout' }), timing.ackMs);
        const settle = (outcome: Outcome) => {
          clearTimeout(timer);
          chosen.pending.delete(waiting);
          resolve(outcome);
        };
        const waiting = { id: envelope.envelope_id, settle };
        chosen.pending.add(waiting);
        chosen.socket.send(JSON.stringify(envelope));
      });
    },

    count: (app) => of(app).length,

    disconnect(app, reason) {
      for (const { socket } of of(app)) {
        if (reason === 'abrupt') socket.terminate();
        else socket.send(JSON.stringify(disconnectFrame(reason)));
        if (reason === 'link_disabled') socket.close();
      }
      traffic.note({ kind: 'socket', name: `disconnect ${reason}`, app });
      return of(app).length;
    },

    async close() {
      clearInterval(heartbeat);
      await Promise.all([...connections].map(({ socket }) => closeGently(socket)));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Says goodbye and waits a moment for the answer, so that clients don't take it for a failure. */
function closeGently(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), goodbyeMs);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001);
  });
}

function acknowledge(connection: Connection, text: string, traffic: Traffic): void {
  const ack = Ack.safeParse(parsed(text));
  if (!ack.success) return;
  traffic.note({ kind: 'ack', name: ack.data.envelope_id, app: connection.app, response: ack.data.payload });
  for (const { id, settle } of [...connection.pending]) {
    if (id === ack.data.envelope_id) settle({ kind: 'acked', body: ack.data.payload });
  }
}

function envelopeOf({ kind, payload, attempt, reason, envelopeId }: Parcel) {
  return {
    envelope_id: envelopeId ?? randomUUID(),
    payload,
    type: kind,
    accepts_response_payload: kind !== 'events_api',
    ...(kind === 'events_api' ? { retry_attempt: attempt ?? 0, retry_reason: reason ?? '' } : {}),
  };
}

function helloFrame(app: string, connections: number) {
  return {
    type: 'hello',
    num_connections: connections,
    debug_info: { host, build_number: 1, approximate_connection_time: 18_060 },
    connection_info: { app_id: app },
  };
}

function disconnectFrame(reason: string) {
  return { type: 'disconnect', reason, debug_info: { host } };
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
