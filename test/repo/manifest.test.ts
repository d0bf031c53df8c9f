import { describe, expect, test } from '@jest/globals';
import { manifestText } from '../../src/cli/manifest.ts';
import { schemaFiles } from '../../src/cli/schema-files.ts';
import { loadCommands } from '../../src/config/load-commands.ts';
import { ROOT, textOf } from './files.ts';

describe('files that are made from others', () => {
  test('manifest.yml is what the commands need; `twokey manifest --write` makes it so', () => {
    expect(textOf('manifest.yml')).toBe(manifestText(loadCommands(`${ROOT}commands`), null));
  });

  test.each(schemaFiles())(
    '$file is what the files may hold; `twokey check --schemas --write` makes it so',
    ({ file, text }) => {
      expect(textOf(file)).toBe(text);
    },
  );
});
