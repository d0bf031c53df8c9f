/** What an operator says yes to, in one line of a file. */
export interface Consent {
  readonly code: string;
  /** Made by the runner for this plan and this once; nobody else can know it. */
  readonly challenge: string;
  /** SHA-256 of the plan. */
  readonly digest: string;
  /** The host that it counts on, even where two share a file system. */
  readonly host: string;
  /** As the operator typed it. */
  readonly target: string;
  /** What the policy makes people type besides; null when nothing. */
  readonly phrase: string | null;
}

/** An allowfile is one line; anything larger is something else. */
export const CONSENT_BYTES_MAX = 1024;

/** The very content of an allowfile. */
export function consentLine({ code, challenge, digest, host, target, phrase }: Consent): string {
  const words = ['twokey-allow-v1', code, challenge, digest.slice(0, 16), host, target];
  return `${[...words, ...(phrase === null ? [] : [phrase])].join(' ')}\n`;
}

/** The name of an allowfile. It holds the challenge, so nobody can stand in its place beforehand. */
export function allowfileName(code: string, challenge: string): string {
  return `${code}.${challenge}`;
}
