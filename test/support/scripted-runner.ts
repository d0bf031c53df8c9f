import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { GatewayFrame, type RunnerFrame } from '../../src/wire/frame.ts';
import type { Order, OrderOf } from '../../src/wire/order.ts';
import { formatPublicKey, signPayload } from '../../src/wire/signature.ts';
import type { Statement } from '../../src/wire/statement.ts';

/** A runner that says what a test wants said: the wire is real, the work is the test's. */
export interface ScriptedRunner {
  readonly orders: readonly Order[];
  readonly acked: readonly string[];
  /** Waits for the newest order of this kind, for this target. */
  order<Kind extends Order['kind']>(kind: Kind, target?: string): Promise<OrderOf<Kind>>;
  /** Signs and sends; the answer is the statement's id. */
  state(statement: Stated): string;
  send(frame: RunnerFrame): void;
  close(): void;
}

type Without<Kind> = Kind extends Statement ? Omit<Kind, 'v' | 'id' | 'runner' | 'at'> : never;
type Stated = Without<Statement>;

const DEADLINE_MS = 10_000;

export const runnerKeys = generateKeyPairSync('ed25519');
export const runnerPublicKey = formatPublicKey(runnerKeys.publicKey);

export async function scriptedRunner(
  url: string,
  name = 'ops-1',
  key = runnerKeys.privateKey,
): Promise<ScriptedRunner> {
  const socket = new WebSocket(url);
  const orders: Order[] = [];
  const acked: string[] = [];
  const send = (frame: RunnerFrame): void => socket.send(JSON.stringify(frame));
  const welcomed = new Promise<void>((resolve, reject) => {
    socket.on('message', (data) => {
      const frame = GatewayFrame.parse(JSON.parse(String(data)));
      if (frame.type === 'challenge') send(hello(name, frame.challenge, key));
      if (frame.type === 'welcome') resolve();
      if (frame.type === 'unwelcome') reject(new Error(frame.code));
      if (frame.type === 'ack') acked.push(frame.id);
      if (frame.type === 'order') {
        orders.push(frame.order.payload);
        send({ type: 'received', order: frame.order.payload.id });
      }
    });
  });
  await once(socket, 'open');
  await welcomed;
  return {
    orders,
    acked,
    async order(kind, target = 'orders') {
      const deadline = Date.now() + DEADLINE_MS;
      for (;;) {
        const found = orders
          .filter((order): order is OrderOf<typeof kind> => order.kind === kind && order.target === target)
          .at(-1);
        if (found !== undefined) return found;
        if (Date.now() > deadline)
          throw new Error(`no ${kind} order; there were ${orders.map((order) => order.kind)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    state(statement) {
      const payload = {
        v: 1 as const,
        id: randomUUID(),
        runner: name,
        at: new Date().toISOString(),
        ...statement,
      };
      send({ type: 'statement', statement: signPayload('statement', payload, key) });
      return payload.id;
    },
    send,
    close: () => socket.terminate(),
  };
}

function hello(runner: string, challenge: string, key: typeof runnerKeys.privateKey): RunnerFrame {
  const payload = {
    runner,
    wire: 1,
    challenge,
    nonce: randomBytes(32).toString('hex'),
    host: 'db-1',
    version: '0.1.0',
    targets: ['orders'],
    journal: { id: 'j', seq: 0, fence: 0 },
  };
  return { type: 'hello', hello: signPayload('hello', payload, key) };
}
