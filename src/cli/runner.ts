import { Command } from 'commander';
import { processEnvironment } from '../config/environment.ts';
import { loadRunnerConfig } from '../config/load-runner-config.ts';
import { runnerLog } from '../runner/log.ts';
import { Refusal } from '../runner/refusal.ts';
import { startRunner } from '../runner/runner.ts';
import { untilStopped } from './until-stopped.ts';

/** `twokey runner`: the agent on an operations host. */
export function runnerCommand(): Command {
  return new Command('runner')
    .description(
      'Runs the agent of an operations host: dials the bot, checks every order by itself, does the work. It holds the ' +
        'credentials of its targets and knows nothing of Slack. It does not run as root.',
    )
    .option('--config <file>', "the runner's settings", 'runner.yml')
    .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
    .addHelpText('after', '\nExample:\n  $ twokey runner --config /etc/twokey/runner.yml')
    .action(async (options: { readonly config: string; readonly logLevel: string }) => {
      try {
        await serve(options);
      } catch (error) {
        if (error instanceof Refusal) throw new Error(`${error.message} ${error.hint}`, { cause: error });
        throw error;
      }
    });
}

async function serve(options: { readonly config: string; readonly logLevel: string }): Promise<void> {
  const config = loadRunnerConfig(options.config);
  const environment = processEnvironment();
  const log = runnerLog(options.logLevel, config, environment);
  const runner = await startRunner(config, { environment, log });
  // Without a journal nothing may be done any more, not even in good order.
  runner.ended.catch((error: unknown) => {
    log.fatal({ err: error }, 'the journal cannot be written; mend the disk and start the runner again');
    process.exit(1);
  });
  process.stderr.write(`twokey runner ${config.runner} is ready\n`);
  await untilStopped(log);
  await runner.close();
}
