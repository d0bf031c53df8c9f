import type { CompactRange } from '../audit/merkle.ts';
import type { SealedRecord } from '../audit/record.ts';
import type { Effect, Slot } from '../operation/effect.ts';
import type { Operation } from '../operation/operation.ts';
import type { SignedStatement } from '../wire/statement.ts';

/** An operation with the version that the next move must name and the hash its next record must follow. */
export interface StoredOperation {
  readonly operation: Operation;
  /** 0 for an operation that is not stored yet. */
  readonly version: number;
  /** Leaf hash of the newest record; null before the first. */
  readonly lastLeaf: string | null;
}

/** A lane of the outbox: Slack's messages, orders to runners, and the claim's reading of Slack. */
export type Lane = 'slack' | 'runner' | 'claim';

/** What has to go out. `operation` is null for a message that belongs to none. */
export interface OutboxItem {
  readonly seq: number;
  /** Random and stable over retries: the order's id, or the mark by which a posted message is found again. */
  readonly id: string;
  readonly operation: string | null;
  readonly effect: Effect | Reply;
  readonly attempts: number;
}

/** A message outside any operation: the answer to a command that started nothing. */
export interface Reply {
  readonly kind: 'reply';
  readonly channel: string;
  readonly person: string;
  readonly text: string;
  readonly responseUrl: string | null;
}

export interface InboxItem {
  readonly id: number;
  readonly kind: 'event' | 'command' | 'action' | 'view';
  readonly body: unknown;
  readonly receivedAt: string;
  readonly attempts: number;
}

export interface PostedMessage {
  readonly channel: string;
  readonly ts: string;
}

export interface LogEntry {
  readonly index: number;
  readonly leaf: string;
  readonly bytes: string;
}

export interface RunnerRow {
  readonly name: string;
  readonly replica: string | null;
  readonly host: string | null;
  readonly version: string | null;
  readonly connectedAt: string | null;
  readonly seenAt: string | null;
}

/** What the bot needs kept. Every method is one transaction; none hands out a connection. */
export interface Store {
  /**
   * `conflict`: the operation has moved since `stored` was read. `repeated`: the statement that led to
   * this move has led to it before. Nothing was written in either case.
   */
  commitMove(
    stored: StoredOperation,
    next: Operation,
    records: readonly SealedRecord[],
    effects: readonly Effect[],
    statement: SignedStatement | null,
  ): Promise<'committed' | 'conflict' | 'repeated'>;
  operation(id: string): Promise<StoredOperation | null>;
  operationByCode(code: string): Promise<StoredOperation | null>;
  operationByMessage(message: PostedMessage): Promise<StoredOperation | null>;
  /** Neither over nor waiting for people to resolve them; newest first. */
  openOperations(): Promise<StoredOperation[]>;
  recentOperations(limit: number): Promise<StoredOperation[]>;
  dueOperations(now: string, limit: number): Promise<StoredOperation[]>;

  /** @returns false when this key was taken in before. */
  receive(key: string, kind: InboxItem['kind'], body: unknown): Promise<boolean>;
  takeInbox(limit: number): Promise<InboxItem[]>;
  finishInbox(id: number, error: string | null): Promise<void>;
  /** Gives the envelope back, to be handed out again after so long. */
  postponeInbox(id: number, delayMs: number): Promise<void>;
  /** How many unprocessed envelopes name this message: a claim waits for them. */
  unprocessedFor(message: PostedMessage): Promise<number>;

  enqueueReply(reply: Reply): Promise<void>;
  /** A message in an operation's thread that no move of it led to. */
  enqueueNote(operation: string, note: Extract<Effect, { kind: 'note' }>): Promise<void>;
  /**
   * The heads of the lane, one per operation, leased to the caller for `leaseMs`. With `runners`, only
   * those of operations that one of these runners works for.
   */
  takeOutbox(lane: Lane, limit: number, leaseMs: number, runners?: readonly string[]): Promise<OutboxItem[]>;
  finishOrder(id: string): Promise<void>;
  finishOutbox(seq: number, error: string | null): Promise<void>;
  /** Later items for the same slot say nothing that this rendering has not said. */
  finishSlot(operation: string, slot: Slot, upTo: number): Promise<void>;
  postponeOutbox(seq: number, delayMs: number, error: string): Promise<void>;
  newestOutboxSeq(operation: string): Promise<number>;

  message(operation: string, slot: Slot): Promise<PostedMessage | null>;
  rememberMessage(operation: string, slot: Slot, message: PostedMessage): Promise<void>;

  /** For a statement that led to no move. */
  keepStatement(statement: SignedStatement): Promise<void>;
  statements(operation: string): Promise<SignedStatement[]>;
  allStatements(): AsyncIterable<SignedStatement>;

  /** Puts unsequenced records into the log and signs a new head, if there are any. One caller at a time. */
  sequence(sign: (range: CompactRange) => string): Promise<void>;
  newestCheckpoint(): Promise<{ readonly size: number; readonly note: string } | null>;
  checkpoints(): Promise<{ readonly size: number; readonly note: string }[]>;
  logIndex(operation: string, seq: number): Promise<number | null>;
  leaves(size: number): Promise<string[]>;
  /** The first `size` entries of the log, in order, read in batches. */
  logEntries(size: number): AsyncIterable<LogEntry>;
  record(operation: string, seq: number): Promise<string | null>;
  records(operation: string): Promise<{ readonly seq: number; readonly bytes: string }[]>;

  nextFence(runner: string): Promise<number>;
  runnerConnected(runner: string, replica: string, host: string, version: string): Promise<void>;
  runnerGone(runner: string, replica: string): Promise<void>;
  runners(): Promise<RunnerRow[]>;
  close(): Promise<void>;
}
