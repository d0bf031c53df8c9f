import { describe, expect, test } from '@jest/globals';
import { commandBeing, complete } from '../../../src/local-slack/page/composer/completion.ts';
import { asTyped, withHandles, withReferences } from '../../../src/local-slack/page/composer/encode.ts';
import type { Emoji } from '../../../src/local-slack/page/emoji/find.ts';
import { workspace } from './workspace.ts';

const emoji: Emoji[] = ['white_check_mark', 'cherries', 'checkered_flag'].map((name) => ({
  name,
  aliases: [],
  char: '?',
  category: 0,
  toned: false,
}));
const offered = (text: string, caret = text.length) =>
  complete(text, caret, workspace, emoji)?.suggestions.map(({ insert }) => insert);

describe('completion', () => {
  test('a slash at the start offers the commands, with their hints', () => {
    expect(offered('/')).toEqual(['/reinit ', '/restore ']);
    expect(complete('/res', 4, workspace, emoji)?.suggestions[0]).toMatchObject({
      hint: 'test <target>',
      detail: 'Restore · Twokey',
    });
    expect(offered('see /res')).toBeUndefined();
    expect(offered('/restore test')).toBeUndefined();
  });

  test('the arguments of the command being typed are known', () => {
    expect(commandBeing('/restore te', workspace)?.usage_hint).toBe('test <target>');
    expect(commandBeing('/restore', workspace)).toBeUndefined();
  });

  test('an at sign offers people by any of their names, and groups, but nobody who left', () => {
    expect(offered('hi @du')).toEqual(['@Ana Duarte ']);
    expect(offered('@ana du')).toEqual(['@Ana Duarte ']);
    expect(offered('@okaf')).toEqual(['@Ben ']);
    expect(offered('@db')).toEqual(['@db-approvers ']);
    expect(offered('@olga')).toBeUndefined();
    expect(offered('mail@ana')).toBeUndefined();
  });

  test('only the text before the caret counts', () => {
    expect(complete('@ana and more', 4, workspace, emoji)).toMatchObject({ kind: 'mention', from: 0 });
  });

  test('channels, and emoji from two letters on', () => {
    expect(offered('#o')).toEqual(['#ops ']);
    expect(offered(':c')).toBeUndefined();
    expect(offered(':che')).toEqual([':cherries: ', ':checkered_flag: ', ':white_check_mark: ']);
    expect(offered('at 10:30')).toBeUndefined();
  });
});

describe('what is sent', () => {
  test('names become references, the longest match first', () => {
    expect(withReferences('@Ana Duarte and @ben, @db-approvers in #ops @here', workspace)).toBe(
      '<@U0ANA> and <@U0BEN>, <!subteam^S0DBA|@db-approvers> in <#C0OPS|ops> <!here>',
    );
  });

  test('part of a word, a mail address and code stay as they are', () => {
    const same = 'mail@ben @benny #opsx `@ana` ```#ops``` <@U0ANA> a < b & c';
    expect(withReferences(same, workspace)).toBe(same);
  });

  test('a command gets handles', () => {
    expect(withHandles('/restore test x reason=ask @Ana Duarte #ops', workspace)).toBe(
      '/restore test x reason=ask @ana #ops',
    );
  });

  test('a stored text is edited as it was typed', () => {
    const stored =
      '<@U0ANA> <!subteam^S0DBA|@db-approvers> <#C0OPS|ops> <!here> <https://a.example> &lt;b&gt;';
    expect(asTyped(stored, workspace)).toBe('@Ana Duarte @db-approvers #ops @here https://a.example <b>');
  });
});
