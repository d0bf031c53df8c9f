import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../audit/canonical.ts';
import { type BotConfig, policyFor, type Target } from '../config/bot-config.ts';
import type { Policy } from '../config/policy.ts';
import { PREFLIGHT_DEADLINE_MS } from '../operation/limits.ts';
import { later, type Refused, refused } from '../operation/move.ts';
import { hasEnded, type Operation, type Person } from '../operation/operation.ts';
import { type Account, type Slack, SlackError } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import type { Applier } from './apply.ts';
import { newCode } from './code.ts';
import type { Parsed } from './parse.ts';
import { rolesOf, unfit } from './people.ts';

const CODE_TRIES_MAX = 20;

export interface RequestContext {
  readonly config: BotConfig;
  readonly store: Store;
  readonly slack: Slack;
  readonly applier: Applier;
  readonly now: () => string;
}

export interface Asked {
  readonly kind: 'asked';
  readonly operation: Operation;
}

/** May they ask, is the runner there, is it not already asked for? Then an operation, and its preflight. */
export async function request(
  parsed: Parsed,
  from: { readonly user: string; readonly channel: string },
  context: RequestContext,
): Promise<Asked | Refused> {
  const { config, store } = context;
  const target = config.targets[parsed.target];
  if (target === undefined) {
    return refused('unknown_target', { typed: parsed.target, targets: listed(Object.keys(config.targets)) });
  }
  if (!config.channels.operations.includes(from.channel)) {
    return refused('wrong_channel', {
      channels: config.channels.operations.map((id) => `<#${id}>`).join(', '),
    });
  }
  const policy = policyFor(config, parsed.command, target);
  const requester = await mayAsk(parsed, policy, from.user, context);
  if ('kind' in requester) return requester;
  const away = await runnerAway(store, target);
  if (away !== null) return away;
  const twin = await sameRequest(store, parsed);
  if (twin !== null) return refused('already_open', { code: twin.code });
  const operation = newOperation(
    parsed,
    policy,
    target,
    requester,
    from.channel,
    await freeCode(store),
    context.now(),
  );
  await context.applier.open(operation, {
    type: 'accepted',
    at: operation.createdAt,
    dueAt: later(operation.createdAt, PREFLIGHT_DEADLINE_MS),
  });
  return { kind: 'asked', operation };
}

async function mayAsk(
  parsed: Parsed,
  policy: Policy,
  user: string,
  { slack, config }: RequestContext,
): Promise<Person | Refused> {
  try {
    const account: Account = await slack.account(user);
    const no = unfit(account);
    if (no !== null) return refused(no, { code: `\`${parsed.command.title}\`` });
    const held = await rolesOf(slack, config.roles, policy.request.roles, user);
    if (held.length > 0) return { id: user, name: account.name };
    return refused('not_a_requester', { command: parsed.command.title, roles: listed(policy.request.roles) });
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return refused('slack_silent', { error: error.code });
  }
}

async function runnerAway(store: Store, target: Target): Promise<Refused | null> {
  const runner = (await store.runners()).find(({ name }) => name === target.runner);
  if (runner !== undefined && runner.replica !== null) return null;
  const seconds = runner?.seenAt == null ? null : Math.floor(Date.parse(runner.seenAt) / 1000);
  const since =
    seconds === null
      ? ' and never was'
      : ` since <!date^${seconds}^{date_short_pretty} {time}|${runner?.seenAt}>`;
  return refused('runner_away', { runner: target.runner, target: target.name, since });
}

/** Somebody presses Enter twice, or two people ask at once: the second is pointed at the first. */
async function sameRequest(store: Store, parsed: Parsed): Promise<Operation | null> {
  const wanted = canonicalJson(parsed.args);
  const open = await store.openOperations();
  const twin = open.find(
    ({ operation }) =>
      operation.command === parsed.command.title &&
      !hasEnded(operation.state) &&
      canonicalJson(operation.draft.args) === wanted,
  );
  return twin?.operation ?? null;
}

async function freeCode(store: Store): Promise<string> {
  for (let attempt = 0; attempt < CODE_TRIES_MAX; attempt += 1) {
    const code = newCode();
    if ((await store.operationByCode(code)) === null) return code;
  }
  throw new Error(`No free operation code in ${CODE_TRIES_MAX} tries`);
}

function newOperation(
  { command, args, reason }: Parsed,
  policy: Policy,
  target: Target,
  requester: Person,
  channel: string,
  code: string,
  now: string,
): Operation {
  const flags = new Set(Object.entries(args).flatMap(([name, { value }]) => (value === true ? [name] : [])));
  return {
    id: randomUUID(),
    code,
    state: 'requested',
    command: command.title,
    target: target.name,
    environment: target.environment,
    runner: target.runner,
    requester,
    channel,
    reason,
    draft: {
      command: command.title,
      target: target.name,
      args,
      steps: command.steps
        .filter(({ when }) => when === null || flags.has(when))
        .map(({ id, action, title, with: input }) => ({ id, action, title, with: input })),
    },
    terms: {
      policy: policy.name,
      policyDigest: policy.digest,
      commandDigest: command.digest,
      approve: policy.approve,
      approvalMs: policy.approvalMs,
      hostKeyMs: policy.hostKeyMs,
      executionMs: policy.executionMs,
      countdownMs: policy.countdownMs,
      emoji: policy.emoji,
    },
    createdAt: now,
    evidence: null,
    plan: null,
    digest: null,
    votes: [],
    challenge: null,
    attested: null,
    claim: null,
    steps: [],
    verdict: null,
    rungs: [],
    sandbox: null,
    stoppedBy: null,
    problem: null,
    startedAt: null,
    endedAt: null,
    dueAt: null,
    records: 0,
  };
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
