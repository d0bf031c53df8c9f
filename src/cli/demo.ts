import { Command } from 'commander';
import { cleanUpWhenStopped, createCleanUp } from '../demo/clean-up.ts';
import { type Demo, startDemo } from '../demo/demo.ts';
import { TARGET } from '../demo/demo-files.ts';
import { playScript } from '../demo/script.ts';

interface DemoOptions {
  readonly port: string;
  readonly scale: string;
  readonly script?: true;
}

/** `twokey demo`: everything on this host alone, to play with. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Starts a local Slack, a bot, a runner and an example application with a real database and backups, good and broken. Needs no Slack, Redis, Docker or database server; stopping it leaves nothing behind.',
    )
    .option('--port <number>', "of the local Slack's page", '4700')
    .option('--scale <number>', 'size of the example database; 1 for some 7 MB of backup', '1')
    .option(
      '--script',
      'play a restore test by itself, print its thread, verify the audit export, exit 0 or 1',
    )
    .addHelpText('after', '\nExample:\n  $ twokey demo\n  $ twokey demo --script')
    .action(async (options: DemoOptions) => {
      const say = (line: string): void => void process.stdout.write(`${line}\n`);
      const cleanUp = createCleanUp();
      cleanUpWhenStopped(cleanUp, say);
      const port = options.script ? 0 : Number(options.port);
      try {
        const demo = await startDemo({ port, scale: Number(options.scale), cleanUp, say });
        if (!options.script) return say(invitation(demo));
        await playScript(demo, say);
        say('');
        say('Everything held.');
      } catch (error) {
        if (cleanUp.stopping.aborted) return;
        say(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
      }
      await cleanUp.run();
    });
}

function invitation({ slackUrl, shopUrl, files, users, backups, program }: Demo): string {
  const sudo = users.mode === 'separate' ? `setpriv --reuid ${users.operator.name} --init-groups ` : '';
  const wide = Math.max(...backups.all.map(({ path }) => path.length));
  return [
    '',
    `  Open    ${slackUrl}/#/C0INCIDENT?as=U0ANA`,
    `  Shop    ${shopUrl}`,
    '',
    '  Play:   1. As Ana, type   /restore test ' + TARGET,
    '          2. Switch to Ben (top left) and react ✅ on the card.',
    '          3. As the operator on the host, in another terminal:',
    `             ${sudo}${program.node} ${program.main} allow OP-… --directory ${files.allowDirectory}`,
    users.mode === 'separate'
      ? ''
      : '             (not root, so the demo has no second Unix user: mode `same-user`, named on the card)',
    '',
    '  Backups to try as backup=…',
    ...backups.all.map(
      ({ path, expect, because }) =>
        `    ${path.padEnd(wide)}  ${expect === 'verified' ? '✔' : '✘'} ${because}`,
    ),
    '',
    '  Ctrl-C stops everything and leaves nothing behind.',
  ].join('\n');
}
