import type { IncomingMessage } from 'node:http';

/** What goes wrong: an overloaded answer, a connection cut in the body, a body that is shorter than said. */
export type FaultKind = 'slow-down' | 'cut' | 'truncate';

export interface Fault {
  readonly kind: FaultKind;
  /** How many requests it hits; every one when absent. */
  readonly times?: number;
  /** Which requests it may hit; those for an object's content when absent. */
  readonly hits?: (request: IncomingMessage) => boolean;
}

export function createFaults() {
  let armed: { fault: Fault; left: number }[] = [];
  return {
    inject: (fault: Fault): void => {
      armed.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear: (): void => {
      armed = [];
    },
    next: (request: IncomingMessage): FaultKind | null => {
      const isContent = (one: IncomingMessage) =>
        one.method === 'GET' && !(one.url ?? '').includes('list-type');
      const found = armed.find(({ fault, left }) => left > 0 && (fault.hits ?? isContent)(request));
      if (!found) return null;
      found.left -= 1;
      return found.fault.kind;
    },
  };
}
