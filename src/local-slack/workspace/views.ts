import type { Block } from './messages.ts';

/** A modal or a home tab. `fields` is what the app sent, checked. */
export interface View {
  readonly id: string;
  readonly app: string;
  readonly user: string;
  readonly fields: ViewFields;
  readonly hash: string;
  /** The first view of the stack; its own id for that one. */
  readonly rootId: string;
  readonly previousId: string | undefined;
  /** block_id → action_id → what the person has put in. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface ViewFields {
  readonly type: 'modal' | 'home';
  readonly title?: unknown;
  readonly submit?: unknown;
  readonly close?: unknown;
  readonly blocks: readonly Block[];
  readonly private_metadata?: string | undefined;
  readonly callback_id?: string | undefined;
  readonly external_id?: string | undefined;
  readonly clear_on_close?: boolean | undefined;
  readonly notify_on_close?: boolean | undefined;
  readonly submit_disabled?: boolean | undefined;
}
