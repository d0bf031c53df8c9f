import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, digest } from '../../src/audit/canonical.ts';

describe('canonical JSON', () => {
  test('sorts members by UTF-16 code units, as in RFC 8785 §3.2.3', () => {
    const members = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(members)))).toHaveLength(7);
    expect([...canonicalJson(members).matchAll(/:"([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test('writes the strings and literals of the RFC 8785 §3.2.2 example byte for byte', () => {
    const sample = { string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/', literals: [null, true, false] };
    expect(Buffer.from(canonicalJson(sample)).toString('hex')).toBe(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c22737472696e67223a22e282ac245c7530303066' +
        '5c6e4127425c225c5c5c5c5c222f227d',
    );
  });

  test.each([
    [0, '0'],
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
    [-9007199254740991, '-9007199254740991'],
  ])('writes the integer %p of RFC 8785 appendix B as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 5e-324])(
    'refuses the number %p',
    (value) => {
      expect(() => canonicalJson({ value })).toThrow(TypeError);
    },
  );

  test('refuses a lone surrogate in a value and in a name, as RFC 8785 appendix E asks', () => {
    expect(() => canonicalJson('\ud800')).toThrow(/surrogate/);
    expect(() => canonicalJson({ '\udead': 1 })).toThrow(/surrogate/);
  });

  test('keeps a member named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"b":1},"a":2}'))).toBe('{"__proto__":{"b":1},"a":2}');
  });

  test('leaves out undefined members, nested as well', () => {
    expect(canonicalJson({ a: undefined, b: [{ c: undefined }] })).toBe('{"b":[{}]}');
  });

  test('gives the same bytes for the same value however its members were ordered', () => {
    const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }).map(withoutFractions);
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalJson(value);
        expect(JSON.parse(bytes)).toEqual(value);
        expect(canonicalJson(reversed(value))).toBe(bytes);
      }),
    );
  });

  test('digests its UTF-8 bytes with SHA-256', () => {
    expect(digest({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function withoutFractions(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (_, item) => (typeof item === 'number' ? Math.trunc(item) % 2 ** 40 || 0 : item)),
  );
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}
