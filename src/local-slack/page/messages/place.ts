import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { attempt } from '../state/session.ts';

/** The thread whose pane a message is drawn in; undefined in the channel. What goes wrong is told in the same place. */
export const ThreadContext = createContext<string | undefined>(undefined);

/** As `attempt`, telling a refusal where the person just clicked. */
export function useAttempt(): (call: () => Promise<unknown>) => Promise<boolean> {
  const thread = useContext(ThreadContext);
  return (call) => attempt(call, thread);
}
