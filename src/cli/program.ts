import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { SUBCOMMANDS } from './subcommands.ts';

const PackageJson = z.object({ version: z.string(), description: z.string() });

/**
 * The program with the one subcommand that `args` names, whole, and every other by its name only.
 *
 * @param args what follows `twokey`.
 */
export async function program(args: readonly string[]): Promise<Command> {
  const { version, description } = PackageJson.parse(
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
  );
  const whole = new Command('twokey').description(description).version(version).exitOverride();
  whole.addHelpText('after', '\nExample:\n  $ twokey demo\n\n`twokey <command> --help` tells more of each.');
  const named = args.find((word) => word !== 'help');
  for (const { name, summary, load } of SUBCOMMANDS) {
    const command = name === named ? await load() : new Command(name);
    whole.addCommand(command.summary(summary));
  }
  throwToTheTop(whole);
  return whole;
}

/** A wrong option deep down must end the program as the same mistake at its top does. */
function throwToTheTop(command: Command): void {
  for (const below of command.commands) {
    below.exitOverride();
    throwToTheTop(below);
  }
}
