import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearest, suggestion } from '../../src/config/suggestion.ts';

describe('suggestions', () => {
  test.each([
    ['polciy', 'policy'],
    ['aproved', 'approver'],
    ['sandbox.crate', 'sandbox.create'],
    ['Target', 'target'],
  ])('%s was probably meant to be %s', (word, meant) => {
    expect(nearest(word, ['target', 'policy', 'approver', 'sandbox.create'])).toBe(meant);
  });

  test('nothing is suggested for a word that is far from all', () => {
    expect(nearest('maintenance', ['target', 'policy'])).toBeNull();
  });

  test('without a near one, it lists what there is', () => {
    expect(suggestion('maintenance', ['target', 'policy'], 'known here')).toBe(
      '; known here: target, policy',
    );
    expect(suggestion('maintenance', [])).toBe('');
  });

  test('one letter changed, added or dropped is always found again', () => {
    const word = fc.stringMatching(/^[a-z]{3,12}$/);
    fc.assert(
      fc.property(
        word,
        fc.nat(11),
        fc.constantFrom(['', 1], ['x', 1], ['x', 0]),
        (meant, spot, [put, drop]) => {
          const at = spot % meant.length;
          const typed = meant.slice(0, at) + put + meant.slice(at + Number(drop));
          expect(nearest(typed, [meant])).toBe(meant);
        },
      ),
    );
  });
});
