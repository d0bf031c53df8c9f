import type { Finding } from '../../actions/ladder.ts';
import { Refusal } from '../refusal.ts';
import type { Check, Found } from './check.ts';
import { type ExpectedHead, expectedHead } from './expected-head.ts';
import { type FoundMigrations, findMigrations } from './find-migrations.ts';
import { finding } from './findings.ts';
import { listed } from './wording.ts';

/** The rung `migration`: the copy's newest migration is the one that the application expects. */
export const checkMigration: Check = async (copy) => {
  copy.work.plan(1);
  const found = await findMigrations(copy);
  copy.work.done('migrations');
  const { migration } = copy.expected;
  if (!migration) return judgeMigrations(found, null);
  try {
    const expected = await expectedHead(migration.head, copy.environment, copy.signal);
    return judgeMigrations(found, expected);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const unknown = finding('error', 'migration_expectation', `${error.message} ${error.hint}`);
    return {
      outcome: troubles(found).length > 0 ? 'fail' : 'not-run',
      summary: `${summaryOf(found)}; the expected head is not known`,
      findings: [unknown, ...troubles(found), ...locks(found)],
    };
  }
};

/** Holds what was found against what was expected; a migration that broke off fails without an expectation too. */
export function judgeMigrations(found: readonly FoundMigrations[], expected: ExpectedHead | null): Found {
  const broken = troubles(found);
  const findings = [...broken, ...locks(found)];
  if (!expected) {
    return { outcome: broken.length > 0 ? 'fail' : 'not-configured', summary: summaryOf(found), findings };
  }
  const wanted = listed(expected.heads);
  const wrong = (
    code: 'migration_table_missing' | 'migration_none' | 'migration_differs',
    text: string,
  ): Found => ({
    outcome: 'fail',
    summary: summaryOf(found),
    findings: [finding('error', code, text), ...findings],
  });
  if (found.length === 0) {
    return wrong(
      'migration_table_missing',
      `No migration table was found; ${expected.from} expects ${wanted}.`,
    );
  }
  const applied = found.filter(({ heads }) => heads.length > 0);
  if (applied.length === 0) {
    return wrong(
      'migration_none',
      `${found.map(({ table }) => table).join(', ')} holds no applied migration; ${expected.from} expects ${wanted}.`,
    );
  }
  if (!applied.some(({ heads }) => headsAgree(heads, expected.heads))) {
    const text = `The backup is at ${applied.map(({ heads }) => listed(heads)).join('; ')}, ${expected.from} expects ${wanted}: it was taken before or after another release, or is of another application.`;
    return wrong('migration_differs', text);
  }
  return { outcome: broken.length > 0 ? 'fail' : 'pass', summary: summaryOf(found), findings };
}

/**
 * Whether these are the same migrations. Every expected one must be among those found and, unless the tool
 * keeps one head for each of its applications (`users.0042_email`), the other way round.
 */
export function headsAgree(found: readonly string[], expected: readonly string[]): boolean {
  const has = (heads: readonly string[], head: string) => heads.some((other) => sameMigration(head, other));
  const perApplication = found.length > 1 && found.every((head) => /^\w+\.\d{4}_/.test(head));
  return (
    expected.length > 0 &&
    expected.every((head) => has(found, head)) &&
    (perApplication || found.every((head) => has(expected, head)))
  );
}

/** Tools name one migration in several ways: `V3__orders.sql`, `0003_orders.up.sql`, `0003_orders`, `3`. */
function sameMigration(one: string, other: string): boolean {
  const names = (head: string): string[] => {
    const bare = head.replace(/(?:\.up)?\.(?:sql|js|cjs|mjs|ts)$/, '');
    const numbered = /^[Vv]?(\d+(?:[._]\d+)*)(?:__?|-|$)/.exec(bare)?.[1];
    const number = numbered?.replaceAll('_', '.').replace(/^0+(?=\d)/, '');
    return number === undefined ? [bare] : [bare, number];
  };
  const onlyNumber = (head: string) => /^[\d.]+$/.test(head);
  const [first = '', firstNumber] = names(one);
  const [second = '', secondNumber] = names(other);
  if (first === second) return true;
  return (
    (onlyNumber(first) || onlyNumber(second)) && firstNumber !== undefined && firstNumber === secondNumber
  );
}

function troubles(found: readonly FoundMigrations[]): Finding[] {
  return found
    .filter(({ unfinished }) => unfinished.length > 0)
    .map(({ tool, table, unfinished }) =>
      finding(
        'error',
        'migration_unfinished',
        `${tool} has migrations that failed or never finished in ${table}: ${listed(unfinished)}. The schema may be half of one.`,
      ),
    );
}

function locks(found: readonly FoundMigrations[]): Finding[] {
  return found
    .filter(({ locked }) => locked)
    .map(({ tool }) =>
      finding(
        'warning',
        'migration_locked',
        `${tool}'s lock is held in the backup: a migration was running when it was taken.`,
      ),
    );
}

function summaryOf(found: readonly FoundMigrations[]): string {
  if (found.length === 0) return 'no migration table';
  return found
    .map(({ table, heads }) => `${table} is at ${heads.length > 0 ? listed(heads) : 'nothing'}`)
    .join('; ');
}
