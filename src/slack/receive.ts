import { App, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { type Envelope, envelopeOf, type Hearer, type Intake } from './intake.ts';
import type { Slack } from './slack.ts';

/** How long to wait for the envelopes in hand when the bot stops. */
const DRAIN_DEADLINE_MS = 10_000;
/** Two connections, so that a disconnect which Slack asks for leaves one that listens. */
const SOCKETS = 2;
const PONG_DEADLINE_MS = 20_000;

/** How envelopes come, and what proves on either side that they are genuine. */
export type Connection = { readonly botToken: string; readonly apiUrl: string | null } & (
  | { readonly mode: 'socket'; readonly appToken: string }
  | {
      readonly mode: 'http';
      readonly signingSecret: string;
      readonly listen: { readonly host: string; readonly port: number };
    }
);

/**
 * Listens to Slack through Bolt, over Socket Mode or signed HTTP. Every envelope is given to `keep`
 * **before** Slack hears an acknowledgement; when `keep` throws, Slack gets none and delivers again.
 */
export async function receiveFromSlack(
  settings: Connection,
  self: Slack['self'],
  { keep, connected }: Hearer,
  log: Logger,
): Promise<Intake> {
  const inHand = new Set<Promise<void>>();
  const take = (event: Incoming, process: () => Promise<void>): Promise<void> => {
    const taken = takeIn(event, process, keep);
    inHand.add(taken);
    const outcome = taken.catch((error: unknown) => {
      log.error({ err: error }, 'an envelope of Slack could not be kept, so it is not acknowledged');
      // Over HTTP Bolt turns the error into a 500; a socket's listener would end the process with it.
      if (settings.mode === 'http') throw error;
    });
    return outcome.finally(() => inHand.delete(taken));
  };
  const receivers =
    settings.mode === 'socket' ? socketReceivers(settings, connected, log) : [httpReceiver(settings, log)];
  const options = {
    token: settings.botToken,
    botId: self.botId,
    botUserId: self.user,
    tokenVerificationEnabled: false,
    convoStore: false as const,
    logLevel: LogLevel.ERROR,
    logger: boltLogger(log),
    ...(settings.apiUrl === null ? {} : { clientOptions: { slackApiUrl: settings.apiUrl } }),
  };
  for (const receiver of receivers) {
    const app = new App({ ...options, receiver });
    acknowledgeAll(app);
    app.error(async (error) => log.error({ err: error }, 'an envelope of Slack could not be taken in'));
    receiver.init(keepingFirst(app, take));
  }
  await Promise.all(
    receivers.map((receiver) =>
      settings.mode === 'http' ? receiver.start(settings.listen) : receiver.start(),
    ),
  );
  return {
    listening: () =>
      receivers.some((receiver) => !(receiver instanceof SocketModeReceiver) || isOpen(receiver)),
    async stop() {
      await Promise.allSettled(receivers.map((receiver) => stopReceiver(receiver)));
      await Promise.race([Promise.allSettled([...inHand]), pause(DRAIN_DEADLINE_MS)]);
    },
  };
}

function socketReceivers(
  settings: Extract<Connection, { mode: 'socket' }>,
  connected: () => void,
  log: Logger,
): Receiver[] {
  return Array.from({ length: SOCKETS }, () => {
    const receiver = new SocketModeReceiver({
      appToken: settings.appToken,
      logger: boltLogger(log),
      clientPingTimeout: PONG_DEADLINE_MS,
      installerOptions: {
        clientOptions: {
          ...(settings.apiUrl === null ? {} : { slackApiUrl: settings.apiUrl }),
          // Without `forever` one failed reconnect leaves the receiver deaf for good.
          retryConfig: { forever: true, minTimeout: 1_000, maxTimeout: 15_000, factor: 1.5, randomize: true },
        },
      },
    });
    receiver.client.on('error', (error: unknown) => log.warn({ err: error }, 'Socket Mode reports an error'));
    receiver.client.on('connected', connected);
    return receiver;
  });
}

function httpReceiver(settings: Extract<Connection, { mode: 'http' }>, log: Logger): Receiver {
  return new HTTPReceiver({ signingSecret: settings.signingSecret, logger: boltLogger(log) });
}

type Incoming = Parameters<App['processEvent']>[0];

async function takeIn(
  event: Incoming,
  process: () => Promise<void>,
  keep: (envelope: Envelope) => Promise<void>,
): Promise<void> {
  const envelope = envelopeOf(event.body);
  if (envelope !== null) await keep(envelope);
  await process();
}

/** The same app, but an envelope is kept before Bolt sees it: Bolt acknowledges before it listens. */
function keepingFirst(app: App, take: (event: Incoming, process: () => Promise<void>) => Promise<void>): App {
  return new Proxy(app, {
    get(target, property, receiver) {
      if (property !== 'processEvent') return Reflect.get(target, property, receiver);
      return (event: Incoming) => take(event, () => target.processEvent(event));
    },
  });
}

/** The work is done from the inbox; all that Bolt's listeners have to do is say "received". */
function acknowledgeAll(app: App): void {
  app.command(/.*/, async ({ ack }) => ack());
  app.action(/.*/, async ({ ack }) => ack());
  app.view(/.*/, async ({ ack }) => ack());
}

async function stopReceiver(receiver: Receiver): Promise<void> {
  await receiver.stop();
  // Bolt's stop() leaves the socket open.
  if (receiver instanceof SocketModeReceiver) await receiver.client.disconnect();
}

function isOpen(receiver: SocketModeReceiver): boolean {
  return receiver.client.websocket?.isActive() === true;
}

function boltLogger(log: Logger) {
  const child = log.child({ from: 'bolt' });
  return {
    debug: (...parts: unknown[]) => child.trace(parts.map(String).join(' ')),
    info: (...parts: unknown[]) => child.debug(parts.map(String).join(' ')),
    warn: (...parts: unknown[]) => child.warn(parts.map(String).join(' ')),
    error: (...parts: unknown[]) => child.warn(parts.map(String).join(' ')),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
