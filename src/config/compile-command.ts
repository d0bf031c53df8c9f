import { ACTIONS } from '../actions/registry.ts';
import { digest } from '../audit/canonical.ts';
import type { Command, CommandArgument } from './command.ts';
import { type CommandFile, RESERVED_ARGUMENTS } from './command-file.ts';
import type { ConfigProblem } from './problem.ts';
import { misfits } from './step-input.ts';
import { suggestion } from './suggestion.ts';
import type { ProblemAt } from './yaml.ts';

/** Makes a command of its file, and says where the two do not fit each other or the actions. */
export function compileCommand(
  file: CommandFile,
  problemAt: ProblemAt,
): { readonly value: Command; readonly problems: readonly ConfigProblem[] } {
  const [name = '', ...words] = file.command.split(' ');
  const args = Object.entries(file.args).map(([argument, { type, default: fallback, summary }]) => ({
    name: argument,
    type,
    default: fallback ?? null,
    summary: summary ?? null,
  }));
  const compiled = {
    name,
    words,
    title: file.command,
    summary: file.summary,
    instead: file.instead ?? null,
    when: file.when ?? null,
    docs: file.docs ?? null,
    args,
    policy: file.policy,
    steps: file.steps.map(({ when, ...step }) => ({ ...step, when: when?.slice(1) ?? null })),
    examples: file.example,
  };
  const problems = [
    ...argumentProblems(args, problemAt),
    ...stepProblems(compiled.steps, args, problemAt),
    ...exampleProblems(compiled, problemAt),
  ];
  return { value: { ...compiled, digest: digest(compiled) }, problems };
}

function argumentProblems(args: readonly CommandArgument[], problemAt: ProblemAt): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const { name, type, default: fallback } of args) {
    if (RESERVED_ARGUMENTS.some((reserved) => reserved === name)) {
      const message = `every command has \`${name}\` already (reserved: ${RESERVED_ARGUMENTS.join(', ')})`;
      problems.push(problemAt(['args', name], message, 'key'));
    }
    if (fallback !== null && (type === 'flag' || type === 'target')) {
      const why = type === 'flag' ? 'a flag is off unless it is given' : 'people always name the target';
      problems.push(problemAt(['args', name, 'default'], `not for a ${type}: ${why}`, 'key'));
    }
  }
  const targets = args.filter(({ type }) => type === 'target');
  if (targets.length !== 1) {
    const message = `expected exactly one argument of type target, found ${targets.length}`;
    problems.push(problemAt(['args'], message, 'key'));
  }
  return problems;
}

function stepProblems(
  steps: Command['steps'],
  args: readonly CommandArgument[],
  problemAt: ProblemAt,
): ConfigProblem[] {
  const flags = args.filter(({ type }) => type === 'flag').map(({ name }) => name);
  return steps.flatMap((step, index) => {
    const path = ['steps', index];
    const earlier = steps.slice(0, index);
    const problems = misfits(step.with, ACTIONS[step.action].input, args).map((misfit) =>
      problemAt([...path, 'with', ...misfit.path], misfit.message, misfit.onKey ? 'key' : 'value'),
    );
    if (earlier.some(({ id }) => id === step.id)) {
      problems.push(problemAt([...path, 'id'], `another step is already called \`${step.id}\``));
    }
    if (step.when !== null && !flags.includes(step.when)) {
      const message = `expected a flag of this command, found \`$${step.when}\`${suggestion(step.when, flags)}`;
      problems.push(problemAt([...path, 'when'], message));
    }
    for (const required of ACTIONS[step.action].requires) {
      // A step that may be left out serves only those that are left out with it.
      const served = earlier.some(
        ({ action, when }) => action === required && (when === null || when === step.when),
      );
      if (!served) {
        const message = `\`${step.action}\` needs a step \`${required}\` before it that is always taken`;
        problems.push(problemAt([...path, 'action'], message));
      }
    }
    return problems;
  });
}

function exampleProblems(
  { title, examples }: Pick<Command, 'title' | 'examples'>,
  problemAt: ProblemAt,
): ConfigProblem[] {
  return examples.flatMap((example, index) =>
    example === title || example.startsWith(`${title} `)
      ? []
      : [problemAt(['example', index], `expected a line that begins with \`${title}\``)],
  );
}
