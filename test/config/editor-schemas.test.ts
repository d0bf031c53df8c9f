import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { editorSchemas } from '../../src/config/editor-schemas.ts';
import { keyTable } from '../../src/config/key-table.ts';
import { COMMAND, edited, POLICY, RUNNER, TWOKEY } from './written.ts';

const schemas = new Map(editorSchemas().map(({ name, schema }) => [name, schema]));

function accepts(name: string, yaml: string): boolean {
  const validate = new Ajv2020({ strict: false, formats: { uri: true } }).compile(schemas.get(name) ?? false);
  return validate(parse(yaml)) === true;
}

describe('the schemas for editors', () => {
  test.each([
    ['command.json', COMMAND],
    ['policy.json', POLICY],
    ['twokey.json', TWOKEY],
    ['runner.json', RUNNER],
  ])('%s takes what the program takes, with defaults left out', (name, yaml) => {
    expect(accepts(name, yaml)).toBe(true);
  });

  test.each([
    ['command.json', edited(COMMAND, 'action: sandbox.create', 'action: sandbox.crate')],
    ['command.json', edited(COMMAND, 'policy: test', 'polcy: test')],
    ['policy.json', edited(POLICY, 'host-key: required', 'host-key: optional')],
    ['twokey.json', edited(TWOKEY, 'mode: socket', 'mode: sokcet')],
    ['runner.json', edited(RUNNER, 'kind: folder', 'kind: floder')],
    ['runner.json', edited(RUNNER, 'uid: 1001', 'uid: ana')],
  ])('%s does not take a mistake', (name, yaml) => {
    expect(accepts(name, yaml)).toBe(false);
  });

  test('each says what every key is', () => {
    for (const schema of schemas.values()) {
      const undescribed = keyTable(schema)
        .split('\n')
        .filter((row) => /^\| `[^`]+` \|\s*\|/.test(row));
      expect(undescribed).toEqual([]);
    }
  });
});

describe('the tables of the documentation', () => {
  const rows = (name: string): string[] => keyTable(schemas.get(name) ?? {}).split('\n');

  test('have every key at its depth, with what is required and what it is otherwise', () => {
    expect(rows('policy.json')).toContain(
      '| `approve[].count` | How many of its people; each fills one slot at most. | required |',
    );
    expect(rows('runner.json')).toContain(
      '| `sandbox.profile` | `fast` turns durability off and is never called a production RTO. One of `fast`, `faithful`. | `"fast"` |',
    );
    expect(rows('twokey.json')).toContain("| `runners.<name>.key` | The runner's public key. | required |");
  });

  test('name a key once, although several forms have it', () => {
    const kinds = rows('runner.json').filter((row) => row.startsWith('| `targets.<name>.backups[].name`'));
    expect(kinds).toHaveLength(1);
  });

  test('say of a secret how it is written, instead of repeating its keys', () => {
    const keys = rows('runner.json').filter((row) => row.includes('`targets.<name>.database'));
    expect(keys).toEqual([
      expect.stringContaining('Written `{ env: NAME }`, or `{ env: NAME, file: /path/.env }`.'),
    ]);
  });
});
