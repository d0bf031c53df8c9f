import type { Canonical } from '../audit/canonical.ts';

/** The messages of one operation that are rendered whole from its state, each time it changes. */
export const SLOTS = ['card', 'plan', 'host-key', 'progress', 'sandbox', 'record'] as const;
export type Slot = (typeof SLOTS)[number];

/** What a move asks the world to do, as data. Each becomes one row of the outbox, in this order. */
export type Effect =
  /** Post or update the message of this slot. */
  | { readonly kind: 'message'; readonly slot: Slot }
  /** A message of its own in the thread; to who asked, directly, when there is no thread to say it in. */
  | { readonly kind: 'note'; readonly note: string; readonly params: Readonly<Record<string, string>> }
  /** To the runner; signed when it is sent, with the outbox row's id as the order's id. */
  | {
      readonly kind: 'order';
      readonly order: 'preflight' | 'hold' | 'run' | 'cancel' | 'sandbox';
      readonly params: Readonly<Record<string, string>>;
    }
  /** The whole audit record of the operation, as a file in the thread. */
  | { readonly kind: 'file' }
  /** The outcome and the log's head, in the audit channel. */
  | { readonly kind: 'announce' }
  /** Read Slack once more and, if the chat key still stands, claim. */
  | { readonly kind: 'claim' };

/** One entry for the audit log, before it is sealed. */
export interface RecordDraft {
  /** `approval.given`. */
  readonly type: string;
  readonly actor: { readonly kind: 'person' | 'bot' | 'runner'; readonly id: string };
  readonly data: Readonly<Record<string, Canonical | undefined>>;
}
