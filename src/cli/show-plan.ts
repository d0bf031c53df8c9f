import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';
import { BackupRef } from '../actions/backup.ts';
import type { Plan, PlanStep } from '../operation/plan.ts';
import type { Pending } from '../runner/allow/pending.ts';

/** The plan as the operator reads it at the terminal before saying yes. `now` in milliseconds. */
export function showPlan(pending: Pending, now: number): string {
  const { plan, digest, approvals, expiresAt, host, runner, mode } = pending;
  const rows: [string, readonly string[]][] = [
    ['Target', [`${plan.target} (${plan.environment}), by the runner ${runner} on ${host}`]],
    ...values(plan, now),
    ['Steps', plan.steps.flatMap(step)],
    ['Asked by', [`${plan.requester}${plan.reason === null ? '' : `: ${plan.reason}`}`]],
    [
      'Approved',
      [
        ...approvals.map(({ person, name, role, at }) => `${name} (${person}, ${role}) at ${at}`),
        'as stated by the bot; this host cannot check it',
      ],
    ],
    ['Policy', [`${plan.policy.name} (${plan.policy.digest.slice(0, 12)})`]],
    ['Digest', [`${digest} (recomputed here)`]],
    ['Until', [`${expiresAt}, for another ${duration(Date.parse(expiresAt) - now)}`]],
    ...(mode === 'same-user'
      ? ([['Mind', ['a demo: the runner itself may turn this key, so it proves nothing']]] satisfies [
          string,
          string[],
        ][])
      : []),
  ];
  return [`${plan.code}  ${plan.command}`, '', ...rows.flatMap(paragraph)].map(visible).join('\n');
}

function paragraph([name, lines]: [string, readonly string[]]): string[] {
  return lines.map((line, index) => `${(index === 0 ? name : '').padEnd(10)}${line}`);
}

function values({ args, target }: Plan, now: number): [string, string[]][] {
  return Object.entries(args).flatMap(([name, value]): [string, string[]][] => {
    const backup = BackupRef.safeParse(value);
    if (backup.success) return [[capital(name), backupLines(backup.data, now)]];
    return value === target
      ? []
      : [[capital(name), [typeof value === 'string' ? value : JSON.stringify(value)]]];
  });
}

function backupLines(backup: BackupRef, now: number): string[] {
  const { display, sizeBytes, takenAt, sha256, database, serverVersion, version } = backup;
  const age = takenAt === null ? 'of unknown age' : `${duration(now - Date.parse(takenAt))} old (${takenAt})`;
  const origin = [database, serverVersion === null ? null : `PostgreSQL ${serverVersion}`, version];
  return [
    display,
    [prettyBytes(sizeBytes), age, ...origin.filter((part) => part !== null)].join(', '),
    `sha256 ${sha256}`,
  ];
}

function step({ title, action, destructive, undo }: PlanStep, index: number): string[] {
  return [
    `${index + 1}. ${title} (${action})${destructive ? '  DESTRUCTIVE' : ''}`,
    `   ${undo === null ? 'nothing to undo' : `undo: ${undo}`}`,
  ];
}

/** What comes from the bot cannot move the cursor, hide a line or turn it around. */
function visible(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

function duration(ms: number): string {
  return prettyMilliseconds(Math.max(0, ms), { unitCount: 2, secondsDecimalDigits: 0 });
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
