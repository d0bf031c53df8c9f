import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BackupRef } from '../../src/actions/backup.ts';
import type { Canonical } from '../../src/audit/canonical.ts';
import { misfits } from '../../src/config/step-input.ts';

const Input = z.strictObject({
  backup: BackupRef,
  note: z.string().max(5).optional(),
  quick: z.boolean().default(false),
  tables: z.array(z.strictObject({ name: z.string(), rows: z.int() })).optional(),
});

const ARGS = [
  { name: 'target', type: 'target' },
  { name: 'backup', type: 'backup' },
  { name: 'why', type: 'text' },
  { name: 'fast', type: 'flag' },
] as const;

function wrong(input: Canonical): string[] {
  return misfits(input, Input, ARGS).map(
    ({ path, message, onKey }) => `${path.join('.')}${onKey ? ' (key)' : ''}: ${message}`,
  );
}

describe("a step's input", () => {
  test.each<[string, Canonical]>([
    ['arguments of the right types', { backup: '$backup', note: '$why', quick: '$fast' }],
    ['only what is needed', { backup: '$backup' }],
    ['values of the right types', { backup: '$backup', note: 'soon', quick: true }],
    ['arguments deep inside', { backup: '$backup', tables: [{ name: '$target', rows: 3 }] }],
  ])('takes %s', (_, input) => {
    expect(wrong(input)).toEqual([]);
  });

  test.each<[string, Canonical, string[]]>([
    ['a needed input that is missing', {}, ['backup (key): missing; the action needs it']],
    [
      'an input that the action has not',
      { backup: '$backup', backpu: '$backup' },
      ['backpu (key): the action has no such input; did you mean `backup`?'],
    ],
    [
      'an argument that the command has not',
      { backup: '$bakcup' },
      ['backup: no argument $bakcup in this command; did you mean `$backup`?'],
    ],
    [
      'text where a backup belongs',
      { backup: '$why' },
      ['backup: $why is text; the action takes a backup here'],
    ],
    [
      'a backup where text belongs',
      { backup: '$backup', note: '$backup' },
      ['note: $backup is a backup; the action takes a name (text) or text here'],
    ],
    [
      'a flag where a number belongs',
      { backup: '$backup', tables: [{ name: 'x', rows: '$fast' }] },
      ['tables.0.rows: $fast is true or false; the action takes something that no argument can be here'],
    ],
    [
      'a value that the action refuses',
      { backup: '$backup', note: 'much too long' },
      ['note: the action does not take this: Too big: expected string to have <=5 characters'],
    ],
    [
      'a path instead of a backup',
      { backup: '/var/backups/x.dump' },
      ['backup: the action does not take this: Invalid input: expected object, received string'],
    ],
  ])('does not take %s', (_, input, expected) => {
    expect(wrong(input)).toEqual(expected);
  });

  test('an action without inputs takes none', () => {
    expect(misfits({ speed: 1 }, z.strictObject({}), ARGS)).toEqual([
      { path: ['speed'], message: 'the action has no such input; it takes none', onKey: true },
    ]);
  });
});
