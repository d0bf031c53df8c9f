import { randomInt } from 'node:crypto';

/** No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: what people confuse aloud or on a phone. */
const LETTERS = 'ACDEFGHJKMNPQRTWXY34679';
const LENGTH = 4;

/** `OP-7F3K`: about 280 000 codes; the caller makes another when one is taken. */
export function newCode(): string {
  return `OP-${Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
}

/** Understands `op-7f3k`, `7F3K` and `OP-7F3K`. */
export function readCode(text: string): string {
  const upper = text.trim().toUpperCase();
  return upper.startsWith('OP-') ? upper : `OP-${upper}`;
}
