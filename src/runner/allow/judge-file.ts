import { createHash, timingSafeEqual } from 'node:crypto';
import type { RunnerConfig } from '../../config/runner-config.ts';
import type { Problem } from '../../wire/statement.ts';
import { fileKey } from '../journal/state.ts';
import { CONSENT_BYTES_MAX } from './consent.ts';
import type { Account } from './operators.ts';
import type { ReadFile, Reading } from './read-file.ts';

/**
 * The kernel stamps files with a clock that ticks every few milliseconds: a file made right after the
 * challenge may look that much older. The name and content, which hold the challenge, prove the order.
 */
const CLOCK_GRAIN_MS = 20;

/** What an allowfile must be to turn this key. */
export interface Expectation {
  /** See `consentLine`. */
  readonly line: string;
  /** What the file would have to be called, for hints. */
  readonly path: string;
  /** UTC ISO 8601. */
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly mode: 'operator' | 'same-user';
  readonly runnerUid: number;
  readonly operators: RunnerConfig['operators'];
  readonly group: { readonly name: string; readonly gid: number | null };
  /** Files that have turned a key before. */
  readonly spent: ReadonlySet<string>;
}

/** Why a file does not turn the key, or null when it does. `owner` is the account of the file's uid, looked up now. */
export function judgeAllowfile(
  reading: Reading,
  owner: Account | null,
  now: number,
  wanted: Expectation,
): Problem | null {
  switch (reading.kind) {
    case 'absent':
      return no('host_key_missing', `There is no ${wanted.path}.`, again(wanted));
    case 'link':
      return no('allowfile_link', `${wanted.path} is a link; links are never followed.`, again(wanted));
    case 'special':
      return no('allowfile_special', `${wanted.path} is not a regular file.`, again(wanted));
    case 'unreadable':
      return no(
        'allowfile_unreadable',
        `The runner may not read ${wanted.path}.`,
        `chmod 0644 ${wanted.path} (its content is no secret), or \`twokey allow\`, which sets the mode.`,
      );
    case 'file':
      return (
        shape(reading, wanted) ??
        times(reading, now, wanted) ??
        person(reading, owner, wanted) ??
        content(reading, wanted)
      );
  }
}

function shape(file: ReadFile, wanted: Expectation): Problem | null {
  if (file.changed)
    return no('allowfile_changed', `${wanted.path} was written to while it was read.`, again(wanted));
  if (file.links !== 1)
    return no('allowfile_links', `${wanted.path} has ${file.links} names; it may have one.`, again(wanted));
  if (file.size > CONSENT_BYTES_MAX)
    return no(
      'allowfile_large',
      `${wanted.path} has ${file.size} bytes; an allowfile is one line.`,
      again(wanted),
    );
  return (file.mode & 0o022) === 0
    ? null
    : no(
        'allowfile_writable',
        `${wanted.path} has mode ${(file.mode & 0o777).toString(8)}: others than its owner can write it.`,
        `Remove it and type \`twokey allow\`, which sets the mode.`,
      );
}

/** The change time too: it cannot be set, as the modification time can. */
function times(file: ReadFile, now: number, wanted: Expectation): Problem | null {
  const issued = BigInt(Date.parse(wanted.issuedAt) - CLOCK_GRAIN_MS) * 1_000_000n;
  if (file.ctimeNs < issued || file.mtimeNs < issued)
    return no(
      'allowfile_stale',
      `${wanted.path} is older than the challenge that it would answer.`,
      again(wanted),
    );
  if (now > Date.parse(wanted.expiresAt))
    return no('host_key_expired', `The host key's time ended at ${wanted.expiresAt}.`, 'Ask anew in Slack.');
  return wanted.spent.has(fileKey(identityOf(file)))
    ? no('allowfile_spent', `${wanted.path} has turned a key before.`, again(wanted))
    : null;
}

function person(file: ReadFile, owner: Account | null, wanted: Expectation): Problem | null {
  const { uid } = file;
  const own = uid === wanted.runnerUid;
  const another = `Another person turns the host key, from their own account: ${again(wanted)}`;
  if (uid === 0) return no('allowfile_from_root', `${wanted.path} belongs to root, who is nobody.`, another);
  if (own && wanted.mode === 'operator')
    return no('allowfile_from_runner', `${wanted.path} belongs to the runner itself.`, another);
  if (!wanted.operators.some((operator) => operator.uid === uid) || owner === null)
    return no(
      'allowfile_unmapped',
      `${wanted.path} belongs to uid ${uid}, who is not among the operators of runner.yml.`,
      `An operator turns the host key; new ones are added to \`operators\` in runner.yml on the host.`,
    );
  if (own || (wanted.group.gid !== null && owner.gids.includes(wanted.group.gid))) return null;
  return no(
    'allowfile_not_in_group',
    `${owner.user} is not in the group ${wanted.group.name} now.`,
    `If they should be: usermod -aG ${wanted.group.name} ${owner.user}`,
  );
}

function content(file: ReadFile, wanted: Expectation): Problem | null {
  const expected = createHash('sha256').update(wanted.line).digest();
  return timingSafeEqual(Buffer.from(file.sha256, 'hex'), expected)
    ? null
    : no('allowfile_content', `${wanted.path} does not say yes to this plan on this host.`, again(wanted));
}

/** What tells this very file from every other, for ever. */
export function identityOf({ dev, ino, ctimeNs, sha256 }: ReadFile) {
  return { dev, ino, ctimeNs: String(ctimeNs), sha256 };
}

function again({ line }: Expectation): string {
  return `Type on the host: twokey allow ${line.split(' ')[1] ?? ''}`;
}

function no(code: string, text: string, hint: string): Problem {
  return { code, text, hint };
}
