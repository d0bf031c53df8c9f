import { z } from 'zod';

const times = { times: z.number().int().min(1).max(1000).default(1) };

const ApiFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ratelimited'), retry_after: z.number().int().min(1).default(1) }),
  z.strictObject({ kind: z.literal('status'), status: z.number().int().min(400).max(599) }),
  z.strictObject({ kind: z.literal('error'), error: z.string().min(1) }),
  /** The connection is cut before the method runs. */
  z.strictObject({ kind: z.literal('reset') }),
  /** The method runs, then the connection is cut: the caller can't know that it happened. */
  z.strictObject({ kind: z.literal('accept_then_reset') }),
  z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(1).max(120_000) }),
]);
export type ApiFault = z.output<typeof ApiFault>;

const EventFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop') }),
  /** Sent twice: over a socket with the same envelope_id and retry_attempt 0, as Slack has been seen to do. */
  z.strictObject({ kind: z.literal('duplicate') }),
  z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(1).max(600_000) }),
]);
export type EventFault = z.output<typeof EventFault>;

/** One fault for the next matching thing: a Web API call, an event, or the opening of a socket. */
export type FaultRequest = z.input<typeof FaultRequest>;
export const FaultRequest = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('api'), method: z.string().default('*'), fault: ApiFault, ...times }),
  z.strictObject({ on: z.literal('event'), event: z.string().default('*'), fault: EventFault, ...times }),
  z.strictObject({
    on: z.literal('socket'),
    status: z.number().int().min(400).max(599).default(408),
    ...times,
  }),
]);
type Fault = z.output<typeof FaultRequest>;

export interface Faults {
  add(fault: Fault): void;
  /** Uses up the first fault for this method. */
  takeApi(method: string): ApiFault | undefined;
  takeEvent(event: string): EventFault | undefined;
  /** The HTTP status with which the next WebSocket is refused. */
  takeSocket(): number | undefined;
  waiting(): readonly Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  const take = (matches: (fault: Fault) => boolean): Fault | undefined => {
    const fault = faults.find(matches);
    faults = faults.flatMap((other) => {
      if (other !== fault) return [other];
      return other.times > 1 ? [{ ...other, times: other.times - 1 }] : [];
    });
    return fault;
  };
  return {
    add: (fault) => faults.push(fault),
    takeApi(method) {
      const fault = take((other) => other.on === 'api' && (other.method === '*' || other.method === method));
      return fault?.on === 'api' ? fault.fault : undefined;
    },
    takeEvent(event) {
      const fault = take((other) => other.on === 'event' && (other.event === '*' || other.event === event));
      return fault?.on === 'event' ? fault.fault : undefined;
    },
    takeSocket() {
      const fault = take((other) => other.on === 'socket');
      return fault?.on === 'socket' ? fault.status : undefined;
    },
    waiting: () => faults,
    clear() {
      faults = [];
    },
  };
}
