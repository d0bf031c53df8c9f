import type { Finding } from '../../actions/ladder.ts';

/** A file that may be a backup, with all that says when it was taken. Instants in ms since 1970. */
export interface Candidate {
  /** Position of its source in the configuration. */
  readonly order: number;
  readonly path: string;
  /** What people read. */
  readonly display: string;
  /** From inside the backup; null when it is not there or could not be read. */
  readonly insideAt: number | null;
  readonly nameAt: number | null;
  readonly modifiedAt: number | null;
}

export interface Choice<C extends Candidate> {
  readonly chosen: C | null;
  readonly findings: readonly Finding[];
}

/**
 * Zones lie between UTC−12 and UTC+14, so two clocks that both show the right time differ by at most 26
 * hours. Only beyond that do two dates contradict each other rather than speak of other zones.
 */
export const DATE_TOLERANCE_MS = 26 * 3_600_000;

/**
 * The newest backup by the date inside it, else by its name. A file's own time is never enough: copying
 * changes it. A candidate with neither is named and left out. Of equals the one from the source that is
 * configured first wins, then the one whose path sorts last.
 */
export function chooseLatest<C extends Candidate>(candidates: readonly C[]): Choice<C> {
  const dated = candidates.filter((candidate) => takenAt(candidate) !== null);
  const undated = candidates.filter((candidate) => takenAt(candidate) === null);
  const sorted = [...dated].sort(
    (one, other) =>
      (takenAt(other) ?? 0) - (takenAt(one) ?? 0) ||
      one.order - other.order ||
      (one.path < other.path ? 1 : -1),
  );
  const [chosen = null] = sorted;
  return {
    chosen,
    findings: [
      ...(undated.length > 0 ? [undatedFinding(undated)] : []),
      ...(chosen ? tieFindings(chosen, sorted) : []),
    ],
  };
}

/** When the backup was taken, as far as anything but the file's own time says it. */
export function takenAt({ insideAt, nameAt }: Candidate): number | null {
  return insideAt ?? nameAt;
}

/** What the dates of one backup say against each other and against the clock. */
export function dateFindings(
  { display, insideAt, nameAt, modifiedAt }: Omit<Candidate, 'order' | 'path'>,
  now: number,
): Finding[] {
  const findings: Finding[] = [];
  const taken = insideAt ?? nameAt;
  if (insideAt !== null && nameAt !== null && Math.abs(insideAt - nameAt) > DATE_TOLERANCE_MS) {
    findings.push({
      severity: 'warning',
      code: 'backup_date_disagrees',
      text: `${display} says inside that it is of ${day(insideAt)}, its name says ${day(nameAt)}. The date inside counts; look at how it got its name.`,
    });
  }
  if (taken !== null && modifiedAt !== null && taken - modifiedAt > DATE_TOLERANCE_MS) {
    findings.push({
      severity: 'warning',
      code: 'backup_date_disagrees',
      text: `${display} is of ${day(taken)}, but its file was last written before, on ${day(modifiedAt)}. Look at the clocks and at how it was copied.`,
    });
  }
  if (taken !== null && modifiedAt !== null && modifiedAt - taken > DATE_TOLERANCE_MS) {
    findings.push({
      severity: 'note',
      code: 'backup_copied_later',
      text: `${display} is of ${day(taken)}; its file was last written on ${day(modifiedAt)}, as a later copy is.`,
    });
  }
  if (taken !== null && taken - now > DATE_TOLERANCE_MS) {
    findings.push({
      severity: 'warning',
      code: 'backup_from_future',
      text: `${display} says that it is of ${day(taken)}, which is yet to come. Look at the clock of the host that wrote it.`,
    });
  }
  return findings;
}

function undatedFinding(undated: readonly Candidate[]): Finding {
  const names = undated.slice(0, 3).map(({ display }) => display);
  const more = undated.length > names.length ? ` and ${undated.length - names.length} more` : '';
  return {
    severity: 'warning',
    code: 'backup_undated',
    text: `Neither contents nor name say when ${names.join(', ')}${more} was taken, so it was not considered. Name it to use it, or correct the source's patterns.`,
  };
}

function tieFindings(chosen: Candidate, sorted: readonly Candidate[]): Finding[] {
  const equals = sorted.filter((other) => other !== chosen && takenAt(other) === takenAt(chosen));
  if (equals.length === 0) return [];
  return [
    {
      severity: 'note',
      code: 'backup_tie',
      text: `${equals.length + 1} backups are of the same moment; ${chosen.display} was taken because its source comes first, or else its name sorts last.`,
    },
  ];
}

function day(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
