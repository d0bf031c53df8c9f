import type { BotConfigFile } from './bot-config-file.ts';
import type { ConfigProblem } from './problem.ts';
import type { RunnerConfig } from './runner-config.ts';
import { suggestion } from './suggestion.ts';
import type { Parsed } from './yaml.ts';

/** Where `twokey.yml` and a `runner.yml`, each right by itself, do not say the same. */
export function pairProblems(bot: Parsed<BotConfigFile>, host: Parsed<RunnerConfig>): ConfigProblem[] {
  if (!bot.ok || !host.ok) return [];
  const { runner, targets } = host.value;
  const runners = Object.keys(bot.value.runners);
  if (!runners.includes(runner)) {
    return [host.problemAt(['runner'], `twokey.yml has no such runner${suggestion(runner, runners)}`)];
  }
  const known = Object.keys(bot.value.targets);
  const here = Object.entries(targets).flatMap(([name, { environment }]): ConfigProblem[] => {
    const target = known.includes(name) ? bot.value.targets[name] : undefined;
    if (target === undefined) {
      return [
        host.problemAt(['targets', name], `twokey.yml has no such target${suggestion(name, known)}`, 'key'),
      ];
    }
    const path = ['targets', name, 'environment'];
    return [
      ...(target.runner === runner
        ? []
        : [host.problemAt(['targets', name], `in twokey.yml it belongs to ${target.runner}`, 'key')]),
      ...(target.environment === environment
        ? []
        : [host.problemAt(path, `twokey.yml says ${target.environment}`)]),
    ];
  });
  const there = Object.entries(bot.value.targets)
    .filter(([name, target]) => target.runner === runner && !Object.hasOwn(targets, name))
    .map(([name]) =>
      bot.problemAt(['targets', name, 'runner'], `${runner} has no such target in its runner.yml`),
    );
  return [...here, ...there];
}
