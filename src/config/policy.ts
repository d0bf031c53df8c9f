import type { RequiredApproval } from '../operation/approval.ts';

/** Who may ask for an operation, who must agree, and how long each key stays valid. */
export interface Policy {
  readonly name: string;
  readonly request: { readonly roles: readonly string[] };
  /** At least one; all of them together are the chat key. */
  readonly approve: readonly RequiredApproval[];
  /** There is no policy without the second key. */
  readonly hostKey: 'required';
  /** From the approval card until it has its quorum. */
  readonly approvalMs: number;
  /** From the quorum until the host key is turned. */
  readonly hostKeyMs: number;
  /** From both keys until every step must have ended. */
  readonly executionMs: number;
  /** Between the second key and the first step, for anyone entitled to cancel; 0 for none. */
  readonly countdownMs: number;
  /** Names of emoji without colons. */
  readonly emoji: { readonly approve: string; readonly deny: string };
  /** SHA-256 of all of the above in canonical JSON, lower-case hex. */
  readonly digest: string;
}
