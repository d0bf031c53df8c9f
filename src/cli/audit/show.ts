import type { ReceiptVerdict } from '../../audit/receipt.ts';
import type { Outcome, Problem } from '../../audit/verify/problem.ts';
import type { Verdict } from '../../audit/verify/verdict.ts';

const WORDS: Readonly<Record<Outcome, string>> = {
  whole: 'WHOLE',
  broken: 'BROKEN',
  incomplete: 'INCOMPLETE',
};

/** The verdict on an export, for people: how far it reaches, then every problem, the first record first. */
export function showVerdict(verdict: Verdict): string {
  const { records, operations, checkpoints, statements, signed, witnessed, witnesses, head, unlisted } =
    verdict;
  return page(verdict, [
    `${count(records, 'record')} of ${count(operations, 'operation')}, ${count(checkpoints, 'checkpoint')}, ${count(statements, 'statement')}`,
    `signed         ${reach(signed, records)}`,
    `kept elsewhere ${reach(witnessed, records)} (${witnesses.used} of ${witnesses.given} checkpoints given are this log's)`,
    ...(head === null ? [] : [`root           ${head.root} at ${head.size}`]),
    ...verdict.problems.flatMap(showProblem),
    ...(unlisted === 0 ? [] : ['', `and ${count(unlisted, 'more problem')}`]),
  ]);
}

/** The verdict on one operation's receipt, with its records in short. */
export function showReceiptVerdict(verdict: ReceiptVerdict): string {
  return page(verdict, [
    `${count(verdict.records.length, 'record')} of operation ${verdict.operation ?? 'unknown'}`,
    ...verdict.records.map(
      ({ seq, at, type, actor }) => `  ${seq}  ${at}  ${type}  ${actor.kind} ${actor.name ?? actor.id}`,
    ),
    ...verdict.problems.flatMap(showProblem),
  ]);
}

function page({ outcome, log }: { outcome: Outcome; log: string | null }, lines: readonly string[]): string {
  return [`${WORDS[outcome]}  ${log ?? 'unknown log'}`, ...lines]
    .map((line) => `${visible(line)}\n`)
    .join('');
}

function showProblem({ code, text, index, operation, seq, line }: Problem): string[] {
  const places = [
    ...(index === undefined ? [] : [`record ${index}`]),
    ...(operation === undefined ? [] : [`operation ${operation}`]),
    ...(seq === undefined ? [] : [`its record ${seq}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
  ];
  return ['', [code, ...places].join(', '), `  ${text}`];
}

function reach(reached: number, records: number): string {
  if (reached === 0) return 'none';
  return reached >= records ? 'all' : `the first ${reached}`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** What comes from the file cannot move the cursor, hide a line or turn it around. */
function visible(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
