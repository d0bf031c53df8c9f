import type { Finding } from '../../actions/ladder.ts';
import { finding } from '../verify/findings.ts';
import { RULES } from './restore-error-rules.ts';

/** One error of pg_restore or psql, as it was said. May quote rows: never shown to people as it is. */
export interface RestoreError {
  /** The server's primary message, or the program's own. */
  readonly message: string;
  /** What was being restored: `TABLE DATA orders`, or `line 120`; null when it was not said. */
  readonly at: string | null;
}

/** What an error says about the backup. A `host` error proves nothing: the restore must be done again. */
export type Cause = 'harmless' | 'backup' | 'host';

export interface Classified {
  readonly cause: Cause;
  readonly finding: Finding;
}

/**
 * Says what an error means and what to do. Only messages whose every part is a name are repeated; of
 * unknown ones nothing is, for a message can quote a row.
 */
export function classifyRestoreError(error: RestoreError): Classified {
  for (const { pattern, code, cause, say } of RULES) {
    const match = pattern.exec(error.message);
    if (!match) continue;
    const text = say(match.slice(1).map((group) => group ?? ''));
    return { cause, finding: finding(cause === 'harmless' ? 'warning' : 'error', code, text) };
  }
  const where = error.at === null ? '' : ` at ${error.at}`;
  const text = `An error without a code of its own${where}; its words are in the restore’s log on the host.`;
  return { cause: 'backup', finding: finding('error', 'restore_error', text) };
}

/** One finding for all errors that say the same, with how often they did. */
export function summarise(classified: readonly Classified[]): Finding[] {
  const groups = new Map<string, { finding: Finding; count: number }>();
  for (const { finding } of classified) {
    const key = `${finding.severity} ${finding.code} ${finding.text}`;
    const group = groups.get(key);
    groups.set(key, { finding, count: (group?.count ?? 0) + 1 });
  }
  return [...groups.values()].map(({ finding, count }) =>
    count === 1 ? finding : { ...finding, text: `${finding.text} (${count} times)` },
  );
}
