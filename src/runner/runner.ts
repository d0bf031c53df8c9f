import type { Logger } from 'pino';
import type { RunnerConfig } from '../config/runner-config.ts';
import { WORKS } from './actions/registry.ts';
import { type Agent, startAgent } from './agent.ts';
import { resolveBackup } from './backups/inspect.ts';
import type { Environment } from './context.ts';

export interface RunnerOptions {
  /** Where the secrets that the configuration names are read from. */
  readonly environment: Environment;
  /** Best one of `runnerLog`, which knows what must not be written. */
  readonly log: Logger;
  /** Ends the runner as `close` does. */
  readonly signal?: AbortSignal;
}

/**
 * The agent of one operations host, with the work of every action.
 *
 * @throws Refusal, JournalDamaged, or an error of the file system: then nothing is running.
 */
export async function startRunner(config: RunnerConfig, options: RunnerOptions): Promise<Agent> {
  const { environment, log, signal } = options;
  const agent = await startAgent(config, { environment, log, works: WORKS, resolveBackup });
  const close = (): void => {
    agent.close().catch((error: unknown) => log.error({ err: error }, 'the runner did not end well'));
  };
  signal?.addEventListener('abort', close, { once: true });
  if (signal?.aborted) close();
  return agent;
}
