import { z } from 'zod';
import { digest } from '../audit/canonical.ts';
import { Duration, DurationOrNone, durationMs } from './duration.ts';
import { Name } from './name.ts';
import type { Policy } from './policy.ts';
import type { ConfigProblem } from './problem.ts';
import type { Path, ProblemAt } from './yaml.ts';

const DAY_MS = 86_400_000;
/** An approval given a week ago was given for another situation. */
const EXPIRY_MS_MAX = 7 * DAY_MS;
/** Longer than this a countdown is a schedule. */
const COUNTDOWN_MS_MAX = 600_000;

const Emoji = z
  .string()
  .regex(/^[a-z0-9_+-]{1,100}$/, 'the name of an emoji without colons, such as white_check_mark');

/** What may stand in a file of `policies/`. */
export const PolicyFile = z.strictObject({
  policy: Name.describe('Its name; the same as that of the file'),
  request: z
    .strictObject({ roles: z.array(Name).min(1).describe('Whoever has one of these roles may ask') })
    .describe('Who may ask'),
  approve: z
    .array(
      z.strictObject({
        role: Name.describe('A role of twokey.yml'),
        count: z.int().min(1).max(20).describe('How many of its people; each fills one slot at most'),
      }),
    )
    .min(1)
    .describe('Who must agree in chat: all of these together'),
  'host-key': z
    .literal('required')
    .describe('The second key, turned on the host; there is no policy without'),
  expires: z
    .strictObject({
      approval: Duration.describe('From the card until enough have agreed'),
      'host-key': Duration.describe('From then until the host key is turned'),
      execution: Duration.describe('From both keys until every step must have ended'),
    })
    .describe('How long each part may take'),
  countdown: DurationOrNone.describe('Between both keys and the first step, for a last Cancel'),
  emoji: z
    .strictObject({
      approve: Emoji.default('white_check_mark').describe('The reaction that agrees'),
      deny: Emoji.default('no_entry').describe('The reaction that ends it'),
    })
    .prefault({})
    .describe('The reactions that count'),
});
export type PolicyFile = z.infer<typeof PolicyFile>;

/** Makes a policy of its file. */
export function compilePolicy(
  file: PolicyFile,
  problemAt: ProblemAt,
): { readonly value: Policy; readonly problems: readonly ConfigProblem[] } {
  const compiled = {
    name: file.policy,
    request: { roles: file.request.roles },
    approve: file.approve,
    hostKey: file['host-key'],
    approvalMs: durationMs(file.expires.approval),
    hostKeyMs: durationMs(file.expires['host-key']),
    executionMs: durationMs(file.expires.execution),
    countdownMs: durationMs(file.countdown),
    emoji: { approve: file.emoji.approve, deny: file.emoji.deny },
  };
  const atMost = (path: Path, ms: number, max: number, words: string): ConfigProblem[] =>
    ms <= max ? [] : [problemAt(path, `expected at most ${words}`)];
  const problems = [
    ...atMost(['expires', 'approval'], compiled.approvalMs, EXPIRY_MS_MAX, '7d'),
    ...atMost(['expires', 'host-key'], compiled.hostKeyMs, EXPIRY_MS_MAX, '7d'),
    ...atMost(['expires', 'execution'], compiled.executionMs, EXPIRY_MS_MAX, '7d'),
    ...atMost(['countdown'], compiled.countdownMs, COUNTDOWN_MS_MAX, '10m'),
    ...twice(file.approve.map(({ role }) => role)).map((index) =>
      problemAt(['approve', index, 'role'], 'this role is named twice; add the counts'),
    ),
  ];
  if (file.emoji.approve === file.emoji.deny) {
    problems.push(problemAt(['emoji'], 'one emoji cannot both approve and deny', 'key'));
  }
  return { value: { ...compiled, digest: digest(compiled) }, problems };
}

function twice(words: readonly string[]): number[] {
  return words.flatMap((word, index) => (words.indexOf(word) < index ? [index] : []));
}
