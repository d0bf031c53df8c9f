import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { FRAME_BYTES_MAX, type RunnerFrame } from '../wire/frame.ts';
import { answerChallenge, type Expected, type Introduction, isWelcome } from './handshake.ts';
import { type Incoming, readFrame } from './incoming.ts';

export interface CallTimes {
  /** From the dial to the welcome. */
  readonly handshakeMs: number;
  readonly pingMs: number;
  /** Without a sign of life for so long the connection counts as lost. */
  readonly silenceMs: number;
}

/** One connection to the bot, from the dial to its end. */
export interface Call {
  send(frame: RunnerFrame): boolean;
  /** Bytes that the network has not yet taken. */
  waiting(): number;
  isUp(): boolean;
  close(): void;
}

export interface CallEvents {
  up(): void;
  frame(frame: Incoming): void;
  ended(wasUp: boolean, why: string): void;
}

export function call(
  url: string,
  self: Introduction,
  log: Logger,
  times: CallTimes,
  events: CallEvents,
): Call {
  const socket = new WebSocket(url, {
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
    handshakeTimeout: times.handshakeMs,
  });
  const greet = greeting(self, (frame) => socket.send(JSON.stringify(frame)));
  let up = false;
  let why = 'the connection was closed';
  let heardAt = Date.now();

  function hangUp(reason: string): void {
    why = reason;
    socket.terminate();
  }
  const handshake = setTimeout(() => hangUp('no welcome in time'), times.handshakeMs);
  const pulse = setInterval(() => {
    if (Date.now() - heardAt > times.silenceMs) hangUp('no sign of life');
    else if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, times.pingMs);
  const heard = (): void => {
    heardAt = Date.now();
  };

  socket.on('ping', heard);
  socket.on('pong', heard);
  socket.on('message', (data, isBinary) => {
    heard();
    if (socket.readyState !== WebSocket.OPEN) return;
    const frame = isBinary ? null : readFrame(String(data));
    if (frame === null) log.warn('the bot sent a frame that is no frame; ignored');
    else if (up) events.frame(frame);
    else welcome(greet(frame));
  });
  socket.on('error', (error) => {
    why = error.message;
  });
  socket.on('close', () => {
    clearTimeout(handshake);
    clearInterval(pulse);
    events.ended(up, why);
  });

  function welcome(greeted: Greeted): void {
    if (greeted === 'going-on') return;
    if (greeted !== 'welcome') {
      hangUp(greeted.because);
      return;
    }
    clearTimeout(handshake);
    up = true;
    events.up();
  }

  return {
    send(frame) {
      if (!up || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    waiting: () => socket.bufferedAmount,
    isUp: () => up && socket.readyState === WebSocket.OPEN,
    close() {
      why = 'this runner is ending';
      socket.close(1001);
      setTimeout(() => socket.terminate(), 1_000).unref();
    },
  };
}

type Greeted = 'going-on' | 'welcome' | { readonly because: string };

/** Takes the frames of a greeting, in their order: nothing of a gateway counts before it is over. */
function greeting(self: Introduction, answer: (frame: RunnerFrame) => void): (frame: Incoming) => Greeted {
  let expected: Expected | null = null;
  return (frame) => {
    if (frame.type === 'unwelcome')
      return { because: `the bot refuses this runner: ${frame.code}: ${frame.text}` };
    if (frame.type === 'challenge' && expected === null) {
      const answered = answerChallenge(frame, self);
      if (answered === null)
        return { because: `the bot speaks wire ${frame.wire.join(', ')}, and this runner does not` };
      expected = answered.expected;
      answer(answered.hello);
      return 'going-on';
    }
    if (frame.type !== 'welcome' || expected === null)
      return { because: `the bot sent '${frame.type}' in the middle of the greeting` };
    if (!isWelcome(frame, expected, self))
      return { because: 'the welcome is not signed by a key of bot.order-keys: this is not our bot' };
    return 'welcome';
  };
}
