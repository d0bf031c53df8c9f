import { rangeRoot } from '../merkle.ts';
import type { Vkey } from '../note.ts';
import { checkUnreached, checkWitnesses, type Witness } from './heads.ts';
import { noKey, noWitness, type Outcome, outcomeOf, type Problem } from './problem.ts';
import { recordsText, report, type Walk } from './walk.ts';

/** What the verifier knows from elsewhere. Without it, a file can only be shown to agree with itself. */
export interface Trust {
  /** The log's public keys; more than one after a rotation. */
  readonly keys?: readonly Vkey[];
  readonly witnesses?: readonly Witness[];
}

/** What was verified, and how far it reaches. Sizes count records from the beginning of the log. */
export interface Verdict {
  readonly outcome: Outcome;
  /** In the order of the log; the first one names the first record concerned. Later ones may be left out. */
  readonly problems: readonly Problem[];
  /** How many more there were. */
  readonly unlisted: number;
  /** The log's name; null when the file never said. */
  readonly log: string | null;
  readonly records: number;
  readonly operations: number;
  readonly checkpoints: number;
  readonly statements: number;
  /** The tree over all records; null when a fault leaves it unknown. */
  readonly head: { readonly size: number; readonly root: string } | null;
  /** So many records are under a checkpoint that the key signed. */
  readonly signed: number;
  /** So many records are under a checkpoint that was kept elsewhere. */
  readonly witnessed: number;
  readonly witnesses: { readonly given: number; readonly used: number };
}

/** What a walk over a whole file came to. */
export function verdictOf(walk: Walk, trust: Trust): Verdict {
  checkWitnesses(walk);
  if (!walk.ended) report(walk, cutFile(walk));
  else if (walk.next !== walk.header.size) report(walk, wrongSize(walk));
  checkUnreached(walk);
  const problems = [...walk.problems.toSorted(byPlace), ...gapsOf(walk, trust)];
  return {
    outcome: outcomeOf(problems),
    problems,
    unlisted: walk.unlisted,
    log: walk.header.log,
    records: walk.records,
    operations: walk.operations.size,
    checkpoints: walk.checkpoints,
    statements: walk.statements,
    head: walk.tree && { size: walk.tree.size, root: rangeRoot(walk.tree) },
    signed: walk.signed,
    witnessed: walk.witnessed,
    witnesses: { given: trust.witnesses?.length ?? 0, used: walk.witnessCount },
  };
}

/** The verdict on a file that cannot even be begun with. */
export function refused(problem: Problem, trust: Trust): Verdict {
  return {
    outcome: 'broken',
    problems: [problem],
    unlisted: 0,
    log: null,
    records: 0,
    operations: 0,
    checkpoints: 0,
    statements: 0,
    head: null,
    signed: 0,
    witnessed: 0,
    witnesses: { given: trust.witnesses?.length ?? 0, used: 0 },
  };
}

function cutFile({ next, lines, header: { size } }: Walk): Problem {
  const problem = {
    code: 'file_cut',
    text: `The file has no end line: it was cut off after line ${lines}`,
  } as const;
  return next < size ? { ...problem, index: next } : { ...problem, line: lines };
}

function wrongSize({ next, header: { size } }: Walk): Problem {
  return next < size
    ? {
        code: 'missing',
        index: next,
        text: `Missing at the end: ${recordsText(next, size - 1)}. The header says that the log has ${size} records`,
      }
    : { code: 'file_changed', index: size, text: `The header says ${size} records, the file has ${next}` };
}

function gapsOf(walk: Walk, trust: Trust): Problem[] {
  const gaps: Problem[] = [];
  if ((trust.keys ?? []).length === 0) gaps.push(noKey);
  if (walk.witnessCount === 0) gaps.push(noWitness(trust.witnesses?.length ?? 0));
  if (walk.tree !== null && walk.signed < walk.next) gaps.push(unsigned(walk));
  return gaps;
}

function unsigned({ signed, next }: Walk): Problem {
  return {
    code: 'unsigned',
    index: signed,
    text:
      `No checkpoint covers ${recordsText(signed, next - 1)} yet. Export again after the next checkpoint; ` +
      'if there should have been one, checkpoints were removed',
  };
}

function byPlace(a: Problem, b: Problem): number {
  return (a.index ?? Number.POSITIVE_INFINITY) - (b.index ?? Number.POSITIVE_INFINITY) || 0;
}
