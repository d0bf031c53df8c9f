import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';
import type { Finding, Rung, Verdict } from '../../actions/ladder.ts';
import type { RestoreTest } from './restore-test.ts';

const MARKS: Readonly<Record<Rung['outcome'], string>> = {
  pass: 'pass',
  fail: 'FAIL',
  'not-run': 'not run',
  'not-configured': '-',
};
const VERDICTS: Readonly<Record<Verdict, string>> = {
  verified: 'VERIFIED',
  backup_not_verified: 'NOT VERIFIED',
  could_not_check: 'COULD NOT BE CHECKED',
};

/** The whole report for people: the backup, warnings of the preflight, the ladder, the verdict. */
export function showRestoreTest(test: RestoreTest): string {
  const parts = [
    describeBackup(test),
    test.checks.filter(({ outcome }) => outcome !== 'pass').map(({ outcome, text }) => `${outcome}: ${text}`),
    [''],
    test.rungs.flatMap(showRung),
    [''],
    showVerdict(test),
  ];
  return `${parts.flat().join('\n')}\n`;
}

function describeBackup({ backup, server }: RestoreTest): string[] {
  if (!backup) return [];
  const of = [
    prettyBytes(backup.sizeBytes),
    ...(backup.database ? [`database ${backup.database}`] : []),
    ...(backup.serverVersion ? [`PostgreSQL ${backup.serverVersion}`] : []),
    ...(backup.takenAt ? [`taken ${backup.takenAt}`] : []),
  ];
  const restored = server
    ? [`restored into PostgreSQL ${server.serverVersion}, profile ${server.profile}`]
    : [];
  return [
    backup.display,
    `  ${of.join(', ')}`,
    `  SHA-256 ${backup.sha256}`,
    ...restored.map((line) => `  ${line}`),
  ];
}

function showRung({ rung, outcome, summary, findings, durationMs }: Rung): string[] {
  const time = durationMs > 0 ? prettyMilliseconds(durationMs, { secondsDecimalDigits: 1 }) : '';
  const line = `${rung.padEnd(13)} ${MARKS[outcome].padEnd(8)} ${time.padStart(7)}  ${summary}`;
  return [line.trimEnd(), ...findings.map(showFinding)];
}

function showFinding({ severity, code, text }: Finding): string {
  return `    ${severity} ${code}: ${text}`;
}

function showVerdict({ verdict, stopped, kept, durationMs }: RestoreTest): string[] {
  const time = prettyMilliseconds(durationMs, { secondsDecimalDigits: 1 });
  return [
    ...(stopped ? [`${stopped.code}: ${stopped.text} ${stopped.hint}`] : []),
    `${VERDICTS[verdict]} in ${time}`,
    ...(kept
      ? [
          '',
          `The copy stays up until ${kept.removedAt}: it is removed by the next \`twokey verify\` after that, or at once by`,
          '  twokey verify --remove-kept',
          'Look at it with',
          `  ${kept.inspect.map(shellWord).join(' ')}`,
        ]
      : []),
  ];
}

/** For copying into a shell by a person; nothing here is ever run through one. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
