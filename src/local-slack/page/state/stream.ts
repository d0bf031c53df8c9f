import { streamAddress } from './api.ts';
import { StreamEvent } from './model.ts';

const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 5_000;

/**
 * Listens to what happens in the workspace as one person, and comes back by itself after a loss: `onOpen` is called on
 * every (re)connect, so that the caller reads again what it may have missed. Returns the stop function.
 */
export function listen(
  as: string,
  on: { open: () => void; event: (event: StreamEvent) => void; lost: () => void },
): () => void {
  let source: EventSource | undefined;
  let silence = 0;
  let retry = 0;
  let wait = 300;
  let stopped = false;

  const close = () => {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
  };
  const lose = () => {
    close();
    if (stopped) return;
    on.lost();
    retry = setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const hear = () => {
    clearTimeout(silence);
    silence = setTimeout(lose, SILENCE_MS);
  };
  function connect() {
    source = new EventSource(streamAddress(as));
    source.onopen = () => {
      wait = 300;
      hear();
      on.open();
    };
    source.onerror = lose;
    source.onmessage = ({ data }) => {
      hear();
      const read = StreamEvent.safeParse(parse(data));
      if (read.success) on.event(read.data);
    };
  }
  connect();
  return () => {
    stopped = true;
    close();
  };
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
