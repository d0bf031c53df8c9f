import type { ActionContext, ActionWork, Check } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { type Choice, choosePostgres } from '../sandbox/choose.ts';
import { findInstallations } from '../sandbox/installations.ts';
import { readSandbox } from '../sandbox/lifetime.ts';
import { localClusters } from '../sandbox/local-cluster.ts';
import { defaultJobs } from '../sandbox/means.ts';
import { checkSandbox, checkSlot } from '../sandbox/preflight.ts';
import { sandboxName } from '../sandbox/sandbox.ts';

/** Starts a throwaway server that fits the backup, reachable over its socket by this host's operators only. */
export const sandboxCreate: ActionWork<'sandbox.create'> = {
  preflight: ({ backup }, { sandbox, operation }) => checkSandbox(sandbox, backup, operation),

  run: async ({ backup }, context) => {
    const { sandbox: config, operation, signal } = context;
    context.progress({ stage: 'Starting a throwaway database' });
    const choosing = choosePostgres(await findInstallations(config.postgres), backup);
    const choice = choosing.choice ?? refuse(choosing.checks);
    await removeSandboxOf(context);
    const slot = await checkSlot(config, operation);
    if (slot.outcome === 'fail') refuse([slot]);
    return create(context, choice, signal);
  },

  undo: async (_input, context) => {
    await removeSandboxOf(context);
  },

  probe: async (_input, context) => {
    const name = sandboxName(context.operation);
    if (await engineOf(context).open(name)) return 'happened';
    return (await readSandbox(context.sandbox, name)) ? 'partly' : 'not-happened';
  },
};

async function create(context: ActionContext, choice: Choice, signal: AbortSignal) {
  const { profile, jobs = defaultJobs() } = context.sandbox;
  const { operation, operatorUsers, operatorsGid } = context;
  const request = { operation, choice, profile, jobs, operatorUsers, operatorsGid, signal };
  const { record } = await engineOf(context).create(request);
  context.log.info({ sandbox: record.name, server: record.serverVersion, profile }, 'sandbox started');
  return { sandbox: record.name, serverVersion: record.serverVersion, profile };
}

function engineOf({ sandbox }: ActionContext) {
  return localClusters(sandbox.directory);
}

function removeSandboxOf(context: ActionContext) {
  return engineOf(context).remove(sandboxName(context.operation));
}

function refuse(checks: readonly Check[]): never {
  const failed = checks.find(({ outcome }) => outcome === 'fail');
  throw new Refusal(
    failed?.code ?? 'sandbox_start',
    failed?.text ?? 'No sandbox can be made here.',
    'Then ask again.',
  );
}
