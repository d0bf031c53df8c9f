import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { createFaults } from './control/faults.ts';
import { controlApi } from './control/router.ts';
import { createTraffic } from './control/traffic.ts';
import { defaultWorld } from './default-world.ts';
import { createDelivery } from './delivery/delivery.ts';
import { slackTiming } from './delivery/parcel.ts';
import { createSockets } from './delivery/sockets.ts';
import { filesRouter } from './files-router.ts';
import { gate } from './page-api/gate.ts';
import { permalinks } from './page-api/permalinks.ts';
import { pageApi } from './page-api/router.ts';
import { createStreams, type Streams } from './page-api/stream.ts';
import { responseUrls } from './people/response-url.ts';
import type { Slack } from './slack.ts';
import { webApi } from './web-api/router.ts';
import { createData } from './workspace/data.ts';
import type { Workspace } from './workspace/workspace.ts';

/** Beside the built program; beside the source lies the page's source, which no browser can show. */
const BUILT_PAGE = fileURLToPath(new URL('./page/', import.meta.url));

export interface Options {
  /** Zero takes any free port. */
  readonly port: number;
  /** Where to listen; only this computer without it. */
  readonly host?: string;
  /** Who and what is there: see `World`. Without it, the people and channels of the demonstration. */
  readonly world?: unknown;
  /** The address under which apps and browsers reach this server, when it is not where it listens. */
  readonly publicUrl?: string;
}

export interface LocalSlack {
  /** `http://127.0.0.1:4700`: the page, and the control API under `/_control`. */
  readonly url: string;
  /** `http://127.0.0.1:4700/api/`: what clients take as `slackApiUrl`. */
  readonly apiUrl: string;
  readonly port: number;
  /** Stops listening, ends every connection and timer. */
  close(): Promise<void>;
}

/**
 * Starts a local Slack: Web API, Socket Mode, signed HTTP delivery, files, response URLs, the web page and the
 * control API, on one port. Throws a ZodError on a wrong world, and the system's error when it can't listen.
 */
export async function startLocalSlack(options: Options): Promise<LocalSlack> {
  const host = options.host ?? '127.0.0.1';
  const startWorld = options.world ?? defaultWorld;
  let skippedMs = 0;
  let origin = options.publicUrl?.replace(/\/$/, '') ?? '';
  const now = () => Date.now() + skippedMs;

  const workspace: Workspace = {
    data: createData(startWorld, now()),
    now,
    origin: () => origin,
    publish(change) {
      streams.tell(change);
      delivery.tell(change);
    },
  };
  const streams = createStreams(workspace);
  const faults = createFaults();
  const traffic = createTraffic(now);
  const timing = { ...slackTiming };
  const sockets = createSockets({ workspace, timing, faults, traffic });
  const delivery = createDelivery({ workspace, timing, faults, traffic, sockets });
  const slack: Slack = { workspace, delivery, faults, traffic };

  const advanceClock = (ms: number) => {
    skippedMs += ms;
  };
  const allowedHosts = new Set(['localhost', '127.0.0.1', '[::1]', host, ...publicHost(options.publicUrl)]);
  const server = createServer(
    application(slack, streams, allowedHosts, { startWorld, advanceClock, refreshPages: streams.restart }),
  );
  server.on('upgrade', sockets.upgrade);
  const port = await listen(server, options.port, host);
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  if (origin === '') origin = `http://${reached}:${port}`;

  return {
    url: origin,
    apiUrl: `${origin}/api/`,
    port,
    async close() {
      streams.close();
      await delivery.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function application(
  slack: Slack,
  streams: Streams,
  allowedHosts: ReadonlySet<string>,
  controls: Parameters<typeof controlApi>[1],
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use('/api', webApi(slack));
  app.use('/files', filesRouter(slack));
  app.use(responseUrls(slack));
  app.use(gate(allowedHosts));
  app.use('/_page', pageApi(slack, streams));
  app.use('/_control', controlApi(slack, controls));
  app.use(permalinks());
  if (!import.meta.url.endsWith('.ts')) app.use(express.static(BUILT_PAGE, { dotfiles: 'ignore' }));
  app.use((_request, response) => {
    response
      .status(404)
      .type('text')
      .send('Nothing here. The page is built by `npm run build` into dist/local-slack/page.');
  });
  app.use(serverFault);
  return app;
}

/** What express passes on: a body that is too large or no JSON, and our own mistakes. */
const serverFault: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const status =
    typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  const detail = error instanceof Error ? error.message : String(error);
  if (response.headersSent) response.destroy();
  else
    response
      .status(status)
      .json({ ok: false, error: status < 500 ? 'invalid_request' : 'internal_error', detail });
};

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function publicHost(url: string | undefined): string[] {
  return url === undefined ? [] : [new URL(url).hostname];
}
