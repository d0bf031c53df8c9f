import { useSyncExternalStore } from 'preact/compat';

/** A value with listeners; the page has exactly one, in `state/session.ts`. */
export interface Store<S> {
  readonly get: () => S;
  readonly set: (change: (state: S) => S) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore<S>(initial: S): Store<S> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (change) => {
      const next = change(state);
      if (Object.is(next, state)) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What `pick` takes from the store, kept current. `pick` must return the same value for the same state. */
export function useStore<S, T>(store: Store<S>, pick: (state: S) => T): T {
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
