/** One thing that went over the wire between the local Slack and an app. */
export interface TrafficEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: 'api' | 'envelope' | 'ack' | 'http' | 'response_url' | 'socket' | 'fault';
  /** The method, the type of the envelope, the path. */
  readonly name: string;
  readonly app?: string | undefined;
  readonly request?: unknown;
  readonly response?: unknown;
}

/** The last entries, oldest first. Tokens are not among what is noted. */
export interface Traffic {
  note(entry: Omit<TrafficEntry, 'at'>): void;
  last(count: number): readonly TrafficEntry[];
}

const most = 1000;

export function createTraffic(now: () => number): Traffic {
  const entries: TrafficEntry[] = [];
  return {
    note(entry) {
      entries.push({ at: new Date(now()).toISOString(), ...entry });
      if (entries.length > most) entries.shift();
    },
    last: (count) => entries.slice(-count),
  };
}
