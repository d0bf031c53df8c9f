import { type KeyObject, randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { type GatewayFrame, type HelloPayload, RunnerFrame, WIRE_VERSIONS } from '../../wire/frame.ts';
import { isSignedBy, signPayload } from '../../wire/signature.ts';

const HELLO_DEADLINE_MS = 10_000;

/** A runner that has proven who it is. */
export interface Greeted {
  readonly name: string;
  readonly key: KeyObject;
  readonly host: string;
  readonly version: string;
  readonly targets: readonly string[];
}

/**
 * The bot's half of the handshake: a fresh challenge, the runner's signed hello over it, and a welcome
 * that signs the runner's own nonce in return.
 *
 * @returns null when the runner was told why it is not welcome.
 */
export async function greet(
  socket: WebSocket,
  {
    runners,
    orderKey,
  }: { readonly runners: Readonly<Record<string, KeyObject>>; readonly orderKey: KeyObject },
): Promise<Greeted | null> {
  const challenge = randomBytes(32).toString('hex');
  socket.send(
    JSON.stringify({ type: 'challenge', challenge, wire: [...WIRE_VERSIONS] } satisfies GatewayFrame),
  );
  const frame = RunnerFrame.safeParse(JSON.parse(await nextMessage(socket)));
  if (!frame.success || frame.data.type !== 'hello')
    return refuse(socket, 'not_a_hello', 'Expected a hello.');
  const { hello } = frame.data;
  const key = runners[hello.payload.runner];
  const no = objection(hello.payload, challenge, key !== undefined && isSignedBy('hello', hello, [key]));
  if (no !== null || key === undefined) return refuse(socket, no?.code ?? 'unknown_runner', no?.text ?? '');
  const { runner, wire, nonce, host, version, targets } = hello.payload;
  const welcome = signPayload('welcome', { runner, wire, nonce }, orderKey);
  socket.send(JSON.stringify({ type: 'welcome', welcome } satisfies GatewayFrame));
  return { name: runner, key, host, version, targets };
}

function objection(
  hello: HelloPayload,
  challenge: string,
  signed: boolean,
): { readonly code: string; readonly text: string } | null {
  if (!signed) {
    return {
      code: 'unknown_runner',
      text: `No runner ${hello.runner} with this key: enter its public key under \`runners\` in twokey.yml.`,
    };
  }
  if (hello.challenge !== challenge)
    return { code: 'wrong_challenge', text: 'The hello answers another challenge.' };
  if (!WIRE_VERSIONS.some((version) => version === hello.wire)) {
    return {
      code: 'wire_version',
      text: `This bot speaks wire ${WIRE_VERSIONS.join(', ')}, the runner ${hello.wire}.`,
    };
  }
  return null;
}

function refuse(socket: WebSocket, code: string, text: string): null {
  socket.send(JSON.stringify({ type: 'unwelcome', code, text } satisfies GatewayFrame));
  socket.close(4001, code);
  return null;
}

function nextMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(new Error('no hello in time')), HELLO_DEADLINE_MS);
    const onMessage = (data: RawData): void => finish(null, String(data));
    const onClose = (): void => finish(new Error('closed before hello'));
    const finish = (error: Error | null, text = ''): void => {
      clearTimeout(timer);
      socket.off('message', onMessage);
      socket.off('close', onClose);
      if (error === null) resolve(text);
      else reject(error);
    };
    socket.on('message', onMessage);
    socket.on('close', onClose);
  });
}
