import { describe, expect, test } from '@jest/globals';
import { program } from '../../src/cli/program.ts';
import { SUBCOMMANDS } from '../../src/cli/subcommands.ts';
import { textOf } from '../repo/files.ts';
import { twokey } from './run.ts';

describe('twokey', () => {
  test('says its version and its commands', async () => {
    const { version } = JSON.parse(textOf('package.json'));
    expect(await twokey(['--version'])).toEqual({ exitCode: 0, stdout: version, stderr: '' });
    const { exitCode, stdout } = await twokey(['--help']);
    expect(exitCode).toBe(0);
    for (const { name } of SUBCOMMANDS) expect(stdout).toContain(`\n  ${name} `);
    expect(stdout).toContain('Example:\n  $ twokey demo');
  });

  test.each(SUBCOMMANDS.map(({ name }) => name))(
    '%s --help shows an example that begins with its name',
    async (name) => {
      const command = (await program([name])).commands.find((candidate) => candidate.name() === name);
      let help = '';
      command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toMatch(new RegExp(`Examples?:\\n  \\$ (?:sudo .*)?twokey ${name}\\b`));
      expect(command?.description()).not.toBe('');
    },
  );

  test('help about a command is that of the command', async () => {
    const [asked, helped] = await Promise.all([twokey(['check', '--help']), twokey(['help', 'check'])]);
    expect(helped.stdout).toBe(asked.stdout);
    expect(helped.stdout).toContain('--explain');
  });

  test.each([
    [['chekc'], "error: unknown command 'chekc'\n(Did you mean check?)"],
    [['check', '--explian'], "error: unknown option '--explian'\n(Did you mean --explain?)"],
    [['check', 'twokey.yml'], "error: too many arguments for 'check'. Expected 0 arguments but got 1."],
  ])('%j is refused with a suggestion, exit 2', async (args, message) => {
    const { exitCode, stdout, stderr } = await twokey(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('without a command it shows the help, exit 2', async () => {
    const { exitCode, stderr } = await twokey([]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Usage: twokey');
  });

  test('what it cannot do is one line without a stack, exit 2', async () => {
    expect(await twokey(['manifest', '--commands', '/nowhere'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'twokey: /nowhere  there is no such file or directory',
    });
  });
});
