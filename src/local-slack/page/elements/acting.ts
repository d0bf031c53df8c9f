import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { Confirm } from './model.ts';

/** What a person set an element to: the `type` and value fields of Slack's `state.values` and `actions[]`. */
export type Answer = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Where the elements of a message or of a view report to. */
export interface Acting {
  /** Sends `block_actions` to the app; resolves when it was delivered. */
  readonly dispatch: (blockId: string, actionId: string, answer: Answer) => Promise<unknown>;
  /** Keeps the value for the view's submission. */
  readonly keep: (blockId: string, actionId: string, answer: Answer) => void;
  /** Asks the person first; resolves to whether they confirmed. */
  readonly confirm: (dialog: Confirm) => Promise<boolean>;
}

export const ActingContext = createContext<Acting>({
  dispatch: async () => undefined,
  keep: () => undefined,
  confirm: async () => true,
});

/** Dispatches an answer, after its confirmation dialog, and says while it is under way. */
export function useDispatch(blockId: string, element: { action_id: string; confirm?: Confirm | undefined }) {
  const acting = useContext(ActingContext);
  const [busy, setBusy] = useState(false);
  const dispatch = async (answer: Answer) => {
    if (busy || (element.confirm && !(await acting.confirm(element.confirm)))) return;
    setBusy(true);
    await acting.dispatch(blockId, element.action_id, answer);
    setBusy(false);
  };
  return { busy, dispatch };
}
