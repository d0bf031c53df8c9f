import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseYaml } from '../../src/config/yaml.ts';
import { line } from './written.ts';

const Person = z.strictObject({
  name: z.string().min(1).max(5),
  age: z.int().min(18).max(99),
  kind: z.enum(['approver', 'operator']),
  password: z
    .strictObject({
      env: z
        .string()
        .regex(/^[A-Z]+$/, 'a variable')
        .meta({ writeOnly: true }),
    })
    .optional(),
  tags: z.array(z.string()).min(1).optional(),
  pets: z.record(z.string().regex(/^[a-z]+$/, 'lower-case letters'), z.boolean()).optional(),
  home: z
    .union([z.strictObject({ street: z.string() }), z.strictObject({ boat: z.string(), pier: z.int() })])
    .optional(),
  size: z.union([z.int(), z.boolean()]).optional(),
  source: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('folder'), folder: z.string() }),
      z.strictObject({ kind: z.literal('bucket'), bucket: z.string() }),
    ])
    .optional(),
  even: z
    .int()
    .refine((number) => number % 2 === 0, 'an even number')
    .optional(),
});

const GOOD = 'name: ana\nage: 30\nkind: approver\n';

function problems(text: string): string[] {
  const parsed = parseYaml(Person, text, 'person.yml');
  return parsed.ok ? [] : parsed.problems.map(line);
}

describe('what was expected and what was seen', () => {
  test.each([
    [
      'an unknown key, like no other',
      'vehicle: x',
      '4:1 vehicle: unknown key; known here: name, age, kind, password, tags, pets, home, size, source, even',
    ],
    ['an unknown key, misspelt', 'tgas: [x]', '4:1 tgas: unknown key; did you mean `tags`?'],
    ['text for a list', 'tags: x', '4:7 tags: expected a list, found "x"'],
    ['an empty list', 'tags: []', '4:7 tags: expected at least 1 entry, found a list'],
    [
      'a number for text in a list',
      'tags: [a, 7]',
      '4:11 tags[1]: expected text, found 7; put quotes around it',
    ],
    [
      'a wrong key of a map',
      'pets: { Rex: true }',
      '4:9 pets.Rex: as a key: expected lower-case letters, found "Rex"',
    ],
    ['text for true or false', 'pets: { rex: yes }', '4:14 pets.rex: expected true or false, found "yes"'],
    ['the nearest form of a union', 'home: { boat: Ada }', '4:1 home.pier: missing; expected a number'],
    ['none of the forms', 'size: big', '4:7 size: expected a number or true or false, found "big"'],
    [
      'an unknown kind',
      'source: { kind: foldre, folder: x }',
      '4:17 source.kind: expected one of folder, bucket, found "foldre"; did you mean `folder`?',
    ],
    ['no kind at all', 'source: { folder: x }', '4:1 source.kind: missing; expected one of folder, bucket'],
    [
      'a key of another kind',
      'source: { kind: folder, folder: x, bukcet: y }',
      '4:36 source.bukcet: unknown key; known here: kind, folder',
    ],
    ['what only a rule can say', 'even: 3', '4:7 even: expected an even number, found 3'],
    ['nothing where something belongs', 'tags:', '4:6 tags: expected a list, found nothing'],
  ])('%s', (_, text, expected) => {
    expect(problems(`${GOOD}${text}\n`)).toEqual([expected]);
  });

  test('all that is wrong comes at once, each at its place', () => {
    expect(problems('name: ""\nage: 17.5\nkind: aprover\n')).toEqual([
      '1:7 name: expected some text, found empty text',
      '2:6 age: expected a whole number, found 17.5',
      '3:7 kind: expected one of approver, operator, found "aprover"; did you mean `approver`?',
    ]);
    expect(problems('name: alexandra\nage: 100\n')).toEqual([
      '1:7 name: expected at most 5 characters, found "alexandra"',
      '2:6 age: expected at most 99, found 100',
      '1:1 kind: missing; expected one of approver, operator',
    ]);
  });

  test('long text is cut', () => {
    expect(problems(`name: ${'x'.repeat(500)}\nage: 30\nkind: approver\n`)[0]).toMatch(/found "x{59}…"$/);
  });

  test.each(['password: hunter2', 'password: { env: hunter2 }', 'password: 4711'])(
    '%s is not repeated',
    (text) => {
      const [problem = ''] = problems(`${GOOD}${text}\n`);
      expect(problem).toContain('found a value that is not shown, in case it is a secret');
      expect(problem).not.toMatch(/hunter2|4711/);
    },
  );

  test('the password of an address is never repeated', () => {
    const [problem] = problems(edited('kind: postgres://ana:hunter2@db/orders'));
    expect(problem).toContain('found "postgres://ana:…@db/orders"');
  });
});

function edited(kind: string): string {
  return `name: ana\nage: 30\n${kind}\n`;
}
