import { z } from 'zod';
import { SignedOrder } from './order.ts';
import { Progress } from './progress.ts';
import { SignedStatement } from './statement.ts';

/** Wire versions that this program speaks, newest first. */
export const WIRE_VERSIONS = [1] as const;

/** The largest frame either side accepts, in bytes: a plan of 32 steps is under 100 KiB. */
export const FRAME_BYTES_MAX = 1024 * 1024;

const Nonce = z.string().regex(/^[0-9a-f]{64}$/);

/** Signed by the runner's key: proves who connects, to this very gateway connection. */
export const HelloPayload = z.strictObject({
  runner: z.string(),
  wire: z.int(),
  /** The gateway's, from its `challenge` frame. */
  challenge: Nonce,
  /** The runner's own, to be signed by the bot in `welcome`. */
  nonce: Nonce,
  host: z.string(),
  version: z.string(),
  targets: z.array(z.string()),
  journal: z.strictObject({ id: z.string(), seq: z.int().nonnegative(), fence: z.int().nonnegative() }),
});
export type HelloPayload = z.infer<typeof HelloPayload>;

/** Signed by the bot's order key: the runner talks to nobody else. */
export const WelcomePayload = z.strictObject({
  runner: z.string(),
  wire: z.int(),
  /** The runner's, from its hello. */
  nonce: Nonce,
});
export type WelcomePayload = z.infer<typeof WelcomePayload>;

const signed = <Payload extends z.ZodType>(payload: Payload) =>
  z.strictObject({ payload, key: z.string(), signature: z.string() });

/** From the bot's gateway to a runner. */
export const GatewayFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('challenge'), challenge: Nonce, wire: z.array(z.int()) }),
  z.strictObject({ type: z.literal('welcome'), welcome: signed(WelcomePayload) }),
  /** Said before the socket is closed: an unknown runner, a wrong key, a wire version nobody shares. */
  z.strictObject({ type: z.literal('unwelcome'), code: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal('order'), order: SignedOrder }),
  /** The statement with this id is durable at the bot and need not be sent again. */
  z.strictObject({ type: z.literal('ack'), id: z.uuid() }),
  /** The answer to `begin`: whether this destructive step may start now. */
  z.strictObject({
    type: z.literal('begun'),
    operation: z.string(),
    step: z.string(),
    ok: z.boolean(),
    code: z.string().nullable(),
  }),
]);
export type GatewayFrame = z.infer<typeof GatewayFrame>;

/** From a runner to the bot's gateway. */
export const RunnerFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), hello: signed(HelloPayload) }),
  /** The order is in the runner's hands (or was already); the bot stops offering it. */
  z.strictObject({ type: z.literal('received'), order: z.uuid() }),
  z.strictObject({ type: z.literal('statement'), statement: SignedStatement }),
  z.strictObject({ type: z.literal('begin'), operation: z.string(), step: z.string(), fence: z.int() }),
  z.strictObject({
    type: z.literal('progress'),
    operation: z.string(),
    step: z.string(),
    progress: Progress,
  }),
]);
export type RunnerFrame = z.infer<typeof RunnerFrame>;
