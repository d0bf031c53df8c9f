import { type KeyObject, randomBytes } from 'node:crypto';
import { type GatewayFrame, type RunnerFrame, WIRE_VERSIONS } from '../wire/frame.ts';
import { isSignedBy, signPayload } from '../wire/signature.ts';

/** What a runner says of itself when it connects. */
export interface Introduction {
  readonly runner: string;
  readonly host: string;
  readonly version: string;
  readonly targets: readonly string[];
  readonly privateKey: KeyObject;
  /** The only keys whose welcome counts. */
  readonly orderKeys: readonly KeyObject[];
  /** Read anew at each connection. */
  readonly journal: () => { readonly id: string; readonly seq: number; readonly fence: number };
}

type FrameOf<Type extends GatewayFrame['type']> = Extract<GatewayFrame, { type: Type }>;

/** What the bot must have signed for a welcome to be one. */
export interface Expected {
  readonly wire: number;
  readonly nonce: string;
}

/** Answers the gateway's challenge; null when the two share no version of the wire. */
export function answerChallenge(
  challenge: FrameOf<'challenge'>,
  self: Introduction,
): { readonly hello: RunnerFrame; readonly expected: Expected } | null {
  const wire = WIRE_VERSIONS.find((version) => challenge.wire.includes(version));
  if (wire === undefined) return null;
  const nonce = randomBytes(32).toString('hex');
  const { runner, host, version, privateKey } = self;
  const payload = {
    runner,
    wire,
    challenge: challenge.challenge,
    nonce,
    host,
    version,
    targets: [...self.targets],
    journal: { ...self.journal() },
  };
  return {
    hello: { type: 'hello', hello: signPayload('hello', payload, privateKey) },
    expected: { wire, nonce },
  };
}

/** True when a pinned order key signed this very connection's nonce, for this runner. */
export function isWelcome({ welcome }: FrameOf<'welcome'>, expected: Expected, self: Introduction): boolean {
  return (
    welcome.payload.runner === self.runner &&
    welcome.payload.wire === expected.wire &&
    welcome.payload.nonce === expected.nonce &&
    isSignedBy('welcome', welcome, self.orderKeys)
  );
}
