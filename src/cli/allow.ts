import { hostname } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { Pending } from '../runner/allow/pending.ts';
import { awaitAnswer, findPending, writeAllowfile } from '../runner/allow/turn-key.ts';
import { Refusal } from '../runner/refusal.ts';
import { showPlan } from './show-plan.ts';

const ANSWER_MS = 10_000;

interface AllowOptions {
  readonly directory: string;
  readonly yesTarget?: string;
  readonly phrase?: string;
}

/** `twokey allow`: the host key, turned by a person at the host who has read the plan there. */
export function allowCommand(): Command {
  return new Command('allow')
    .description(
      'Turns the host key of an operation: shows its plan as the runner on this host has it, asks for the name of the ' +
        'target, and writes the file that lets it start. Exit codes: 0 turned, 1 refused by the runner, 2 not done.',
    )
    .argument('<code>', 'the code of the operation, such as OP-7F3K')
    .option('--directory <path>', 'allow.directory of runner.yml', '/run/twokey')
    .option('--yes-target <name>', 'for scripts: the name of the target, instead of typing it')
    .option('--phrase <text>', "for scripts: the policy's phrase, instead of typing it")
    .addHelpText('after', '\nExample:\n  $ twokey allow OP-7F3K')
    .action(async (code: string, options: AllowOptions) => {
      try {
        process.exitCode = (await turnKey(normalised(code), options)) ? 0 : 1;
      } catch (error) {
        if (error instanceof Refusal) throw new Error(`${error.message} ${error.hint}`, { cause: error });
        throw error;
      }
    });
}

async function turnKey(code: string, options: AllowOptions): Promise<boolean> {
  requirePerson();
  const { directory } = options;
  const pending = findPending(directory, code, { host: hostname(), now: Date.now() });
  process.stdout.write(`${showPlan(pending, Date.now())}\n\n`);
  const typed = await confirmation(pending, options);
  const file = writeAllowfile(directory, pending, typed);
  const answer = await awaitAnswer(directory, pending, file, ANSWER_MS);
  if (answer === null)
    throw new Refusal(
      'no_answer',
      `The allowfile of ${code} is written, and the runner has said nothing for ${ANSWER_MS / 1000} s.`,
      'Look into the thread, and whether the runner runs on this host.',
    );
  if (answer.problem === null) {
    process.stdout.write(`The host key of ${code} is turned.\n`);
    return true;
  }
  const { problem } = answer;
  process.stderr.write(`The runner refuses it (${problem.code}): ${problem.text} ${problem.hint}\n`);
  return false;
}

/** What is typed becomes part of the file, so the runner sees it too. */
async function confirmation(
  { plan, phrase }: Pending,
  { yesTarget, phrase: given }: AllowOptions,
): Promise<{ target: string; phrase: string | null }> {
  const target = yesTarget ?? (await ask(`Type the name of the target (${plan.target}) to allow this: `));
  requireSame(target, plan.target, 'the name of the target');
  if (phrase === null) return { target, phrase };
  const typed = given ?? (await ask(`Type the phrase ${phrase}: `));
  requireSame(typed, phrase, 'the phrase');
  return { target, phrase };
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new Refusal(
      'no_terminal',
      'There is nobody to ask: this is no terminal.',
      'Type it at a terminal, or give --yes-target (and --phrase).',
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

function requireSame(typed: string, wanted: string, what: string): void {
  if (typed !== wanted)
    throw new Refusal('typed_wrong', `You typed '${typed}', ${what} is '${wanted}'.`, 'Nothing was written.');
}

function requirePerson(): void {
  if (process.getuid?.() === 0)
    throw new Refusal(
      'operator_is_root',
      'Root is nobody in particular, so its allowfile counts for nothing.',
      'Type this from your own account.',
    );
}

function normalised(code: string): string {
  const upper = code.trim().toUpperCase();
  const whole = upper.startsWith('OP-') ? upper : `OP-${upper}`;
  if (!/^OP-[A-Z0-9]{2,20}$/.test(whole))
    throw new Refusal('code', `'${code}' is not the code of an operation.`, 'It looks like OP-7F3K.');
  return whole;
}
