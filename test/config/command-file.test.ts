import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadCommands } from '../../src/config/load-commands.ts';
import { Draft } from '../../src/operation/plan.ts';
import { COMMAND, edited, problemsOf, written } from './written.ts';

function problems(...commands: string[]): string[] {
  const files = Object.fromEntries(commands.map((text, index) => [`${index}.yml`, text]));
  const folder = written(files);
  return problemsOf(() => loadCommands(folder)).map((problem) => problem.replaceAll(`${folder}/`, ''));
}

const change = (from: string, to: string): string => edited(COMMAND, from, to);

describe('a command file', () => {
  test('becomes a frozen command', () => {
    const [command] = loadCommands(written({ 'restore.yml': COMMAND }));
    expect(command).toMatchObject({
      name: '/restore',
      words: ['test'],
      title: '/restore test',
      policy: 'test',
      instead: null,
      args: [
        { name: 'target', type: 'target', default: null },
        { name: 'backup', type: 'backup', default: 'latest' },
      ],
      examples: ['/restore test orders'],
    });
    expect(command?.steps[3]).toEqual({
      id: 'verify',
      action: 'sandbox.verify',
      title: 'Verify',
      with: {},
      when: null,
    });
    expect(Object.isFrozen(command?.steps[0]?.with)).toBe(true);
  });

  test('its steps make a draft', () => {
    const [command] = loadCommands(written({ 'restore.yml': COMMAND }));
    const steps = command?.steps.map(({ when, ...step }) => step);
    expect(Draft.safeParse({ command: '/restore test', target: 'orders', args: {}, steps }).success).toBe(
      true,
    );
  });

  test('its digest changes with what it does, not with how it is written or where it lies', () => {
    const digestOf = (text: string, name = 'a.yml') => loadCommands(written({ [name]: text }))[0]?.digest;
    const digest = digestOf(COMMAND);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf(`# a comment\n${COMMAND}`, 'b.yml')).toBe(digest);
    expect(digestOf(change('title: Verify', 'title: Check'))).not.toBe(digest);
    expect(digestOf(change('default: latest', 'default: newest'))).not.toBe(digest);
  });

  test.each([
    ['an unknown key', 'policy: test', 'policy: test\nduring: [announced]', /^7:1 during: unknown key/],
    [
      'a misspelt action',
      'action: sandbox.create',
      'action: sandbox.crate',
      /^9:28 steps\[1\].action: .*did you mean `sandbox.create`\?$/,
    ],
    ['a misspelt type', 'type: backup', 'type: bakcup', /^5:19 args.backup.type: .*did you mean `backup`\?$/],
    [
      'an input that the action has not',
      'with: { backup: $backup } }\n  - { id: sandbox',
      'with: { backup: $backup, fast: true } }\n  - { id: sandbox',
      /^8:79 steps\[0\].with.fast: the action has no such input; its inputs: backup$/,
    ],
    [
      'a missing input',
      ', with: { backup: $backup } }\n  - { id: sandbox',
      ' }\n  - { id: sandbox',
      /^8:5 steps\[0\].with.backup: missing; the action needs it$/,
    ],
    [
      'an argument of the wrong type',
      '{ id: fetch, action: backup.fetch, title: Fetch, with: { backup: $backup',
      '{ id: fetch, action: backup.fetch, title: Fetch, with: { backup: $target',
      /^8:70 steps\[0\].with.backup: \$target is a name \(text\); the action takes a backup here$/,
    ],
    [
      'an argument that is not there',
      'with: { backup: $backup } }\n  - { id: restore',
      'with: { backup: $backups } }\n  - { id: restore',
      /^9:74 steps\[1\].with.backup: no argument \$backups in this command; did you mean `\$backup`\?$/,
    ],
    [
      'two steps of one name',
      'id: verify',
      'id: restore',
      /^11:11 steps\[3\].id: another step is already called `restore`$/,
    ],
    [
      'a reserved argument',
      'backup: { type: backup, default: latest }',
      'backup: { type: backup, default: latest }\n  reason: { type: text }',
      /^6:3 args.reason: every command has `reason` already/,
    ],
    [
      'a default for a target',
      '{ type: target }',
      '{ type: target, default: orders }',
      /^4:27 args.target.default: not for a target: people always name the target$/,
    ],
    [
      'a default for a flag',
      '{ type: target }',
      '{ type: target }\n  fast: { type: flag, default: yes }',
      /^5:23 args.fast.default: not for a flag: a flag is off unless it is given$/,
    ],
    [
      'no target',
      '{ type: target }',
      '{ type: text }',
      /^3:1 args: expected exactly one argument of type target, found 0$/,
    ],
    [
      'a flag that is not there',
      'title: Verify',
      'title: Verify, when: $full',
      /^11:64 steps\[3\].when: expected a flag of this command, found `\$full`$/,
    ],
    [
      'an example of another command',
      'example: [/restore test orders]',
      'example: [/restore tests orders]',
      /^12:11 example\[0\]: expected a line that begins with `\/restore test`$/,
    ],
    [
      'a name that Slack has not',
      'command: /restore test',
      'command: restore',
      /^1:10 command: expected a slash command in lower case/,
    ],
    [
      'a built-in name',
      'command: /restore test',
      'command: /ops test',
      /^1:10 command: \/ops is built in; choose another name$/,
    ],
    [
      'the word help',
      'command: /restore test',
      'command: /restore help',
      /^1:10 command: `\/restore help` shows the help; choose another word$/,
    ],
    [
      'no steps',
      COMMAND.slice(COMMAND.indexOf('steps:'), COMMAND.indexOf('example:')),
      'steps: []\n',
      /^7:8 steps: expected at least 1 entry/,
    ],
    [
      'a float in an input',
      'with: { backup: $backup } }\n  - { id: sandbox',
      'with: { backup: 1.5 } }\n  - { id: sandbox',
      /^8:70 steps\[0\].with.backup: expected .*whole number.*, found 1.5$/,
    ],
  ])('%s is refused', (_, from, to, expected) => {
    expect(problems(change(from, to))).toContainEqual(expect.stringMatching(expected));
  });

  test('a step whose action needs another is refused without it', () => {
    const fetch = COMMAND.split('\n').find((line) => line.includes('id: fetch')) ?? '';
    expect(problems(change(`${fetch}\n`, ''))).toEqual([
      '9:28 steps[1].action: `sandbox.restore` needs a step `backup.fetch` before it that is always taken',
    ]);
  });

  test('a step that may be left out serves only those that are left out with it', () => {
    const flagged = change('{ type: target }', '{ type: target }\n  full: { type: flag }');
    const needy = edited(flagged, 'title: Restore,', 'title: Restore, when: $full,');
    expect(problems(needy)).toEqual([
      '12:27 steps[3].action: `sandbox.verify` needs a step `sandbox.restore` before it that is always taken',
    ]);
    const served = edited(needy, 'title: Verify', 'title: Verify, when: $full');
    expect(loadCommands(written({ 'a.yml': served }))[0]?.steps[3]?.when).toBe('full');
  });
});

describe('several command files', () => {
  const titled = (title: string): string => COMMAND.replaceAll('/restore test', title);

  test('may share a slash command, in the order of their titles', () => {
    const folder = written({
      'a.yml': titled('/restore test'),
      'b.yml': titled('/restore rows'),
      'c.yml': titled('/clone'),
    });
    expect(loadCommands(folder).map(({ title }) => title)).toEqual([
      '/clone',
      '/restore rows',
      '/restore test',
    ]);
  });

  test('may not be the same command', () => {
    expect(problems(COMMAND, COMMAND)).toEqual(['1:10 command: 0.yml is /restore test already']);
  });

  test.each([
    ['/restore', '/restore test'],
    ['/restore test', '/restore test deep'],
  ])('%s and %s cannot be told apart', (one, other) => {
    const expected = ['1:10 command: %a cannot be told apart from %b (0.yml): one begins with the other'];
    const says = (a: string, b: string) => expected.map((line) => line.replace('%a', a).replace('%b', b));
    expect(problems(titled(one), titled(other))).toEqual(says(other, one));
    expect(problems(titled(other), titled(one))).toEqual(says(one, other));
  });

  test('all that is wrong in all of them comes at once', () => {
    expect(problems(change('policy: test', 'polcy: test'), 'command: [', COMMAND)).toHaveLength(3);
  });

  test('a file that would be passed over in silence is refused', () => {
    const folder = written({
      'a.yml': COMMAND,
      'b.yaml': titled('/clone'),
      '.hidden.yml': '',
      'README.md': '',
    });
    expect(problemsOf(() => loadCommands(folder))).toEqual([
      '0:0 : rename it: only files that end in .yml are taken',
    ]);
  });

  test('a directory without any, and none at all, are refused', () => {
    expect(problemsOf(() => loadCommands(written({})))).toEqual(['0:0 : no .yml file in this directory']);
    expect(problemsOf(() => loadCommands(join(written({}), 'none')))).toEqual([
      '0:0 : there is no such file or directory',
    ]);
  });
});
