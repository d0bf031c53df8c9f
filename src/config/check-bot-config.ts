import { quorum } from '../operation/approval.ts';
import type { BotConfigFile } from './bot-config-file.ts';
import type { Command } from './command.ts';
import type { Policy } from './policy.ts';
import type { ConfigProblem } from './problem.ts';
import { suggestion } from './suggestion.ts';
import type { ProblemAt } from './yaml.ts';
import type { Entry } from './yaml-folder.ts';

/** What is wrong between the files, each of which is right by itself. */
export function crossProblems(
  file: BotConfigFile,
  problemAt: ProblemAt,
  commands: readonly Entry<Command>[],
  policies: readonly Entry<Policy>[],
): ConfigProblem[] {
  return [
    ...commandProblems(commands, policies),
    ...policies.flatMap((policy) => policyProblems(policy, file.roles)),
    ...targetProblems(file, problemAt, commands, policies),
    ...runnerProblems(file, problemAt),
    ...slackProblems(file, problemAt),
  ];
}

/** Also without `twokey.yml`: every command's policy must be there. */
export function commandProblems(
  commands: readonly Entry<Command>[],
  policies: readonly Entry<Policy>[],
): ConfigProblem[] {
  const names = policies.map(({ value }) => value.name);
  return commands
    .filter(({ value }) => !names.includes(value.policy))
    .map(({ value, problemAt }) => problemAt(['policy'], `no such policy${suggestion(value.policy, names)}`));
}

function policyProblems({ value, problemAt }: Entry<Policy>, roles: BotConfigFile['roles']): ConfigProblem[] {
  const names = Object.keys(roles);
  const unknown = (role: string): boolean => !Object.hasOwn(roles, role);
  const noRole = (role: string): string => `no such role in twokey.yml${suggestion(role, names)}`;
  const problems = [
    ...value.request.roles.flatMap((role, index) =>
      unknown(role) ? [problemAt(['request', 'roles', index], noRole(role))] : [],
    ),
    ...value.approve.flatMap(({ role }, index) =>
      unknown(role) ? [problemAt(['approve', index, 'role'], noRole(role))] : [],
    ),
  ];
  return problems.length > 0 || canBeApproved(value, roles)
    ? problems
    : [
        problemAt(
          ['approve'],
          'nobody could ever get this approved: its roles have too few people besides the requester',
          'key',
        ),
      ];
}

/** False only when it is certain: members of groups are not known here. */
function canBeApproved(policy: Policy, roles: BotConfigFile['roles']): boolean {
  const approving = policy.approve.map(({ role }) => role);
  const asking = policy.request.roles;
  if (approving.some((role) => (roles[role]?.groups.length ?? 0) > 0)) return true;
  const people = [...new Set(approving.flatMap((role) => roles[role]?.users ?? []))].map((person) => ({
    person,
    roles: approving.filter((role) => roles[role]?.users.includes(person)),
  }));
  const others = (requester: string | null): boolean =>
    quorum(
      policy.approve,
      people.filter(({ person }) => person !== requester),
    ).complete;
  if (asking.some((role) => (roles[role]?.groups.length ?? 0) > 0)) return others(null);
  return asking.flatMap((role) => roles[role]?.users ?? []).some(others);
}

function targetProblems(
  file: BotConfigFile,
  problemAt: ProblemAt,
  commands: readonly Entry<Command>[],
  policies: readonly Entry<Policy>[],
): ConfigProblem[] {
  const runners = Object.keys(file.runners);
  const titles = commands.map(({ value }) => value.title);
  const names = policies.map(({ value }) => value.name);
  return Object.entries(file.targets).flatMap(([target, { runner, 'policy-overrides': overrides }]) => [
    ...(runners.includes(runner)
      ? []
      : [
          problemAt(
            ['targets', target, 'runner'],
            `no such runner below \`runners\`${suggestion(runner, runners)}`,
          ),
        ]),
    ...Object.entries(overrides).flatMap(([title, policy]) => {
      const path = ['targets', target, 'policy-overrides', title];
      return [
        ...(titles.includes(title)
          ? []
          : [problemAt(path, `no such command${suggestion(title, titles)}`, 'key')]),
        ...(names.includes(policy) ? [] : [problemAt(path, `no such policy${suggestion(policy, names)}`)]),
      ];
    }),
  ]);
}

function runnerProblems(file: BotConfigFile, problemAt: ProblemAt): ConfigProblem[] {
  const runners = Object.entries(file.runners);
  const problems = runners.flatMap(([name, { key }], index) => {
    const twin = runners.slice(0, index).find(([, other]) => other.key === key);
    return twin === undefined
      ? []
      : [problemAt(['runners', name, 'key'], `the same key as ${twin[0]}: each host needs its own`)];
  });
  if (file.keys.order === file.keys.log) {
    problems.push(
      problemAt(['keys', 'log'], 'the same file as `order`: checkpoints need a key of their own'),
    );
  }
  return problems;
}

function slackProblems({ slack }: BotConfigFile, problemAt: ProblemAt): ConfigProblem[] {
  if (slack.mode === 'http' && slack.http === undefined) {
    return [problemAt(['slack', 'http'], 'missing; mode http needs the address to listen on')];
  }
  if (slack.mode === 'socket' && slack.http !== undefined) {
    return [problemAt(['slack', 'http'], 'only for mode http; in mode socket nothing listens', 'key')];
  }
  return [];
}
