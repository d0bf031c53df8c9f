import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseCheckpoint, signCheckpoint, verifyCheckpoint } from '../../src/audit/checkpoint.ts';
import { emptyRoot, rootOf } from '../../src/audit/merkle.ts';
import { signNote, vkeyOf } from '../../src/audit/note.ts';
import { someLeaves } from './trees.ts';

const origin = 'ops.example.com/twokey';
const { privateKey } = generateKeyPairSync('ed25519');
const vkey = vkeyOf(origin, createPublicKey(privateKey));
const head = { origin, size: 13, root: rootOf(someLeaves(13)) };

describe('a checkpoint', () => {
  test('of the C2SP tlog-checkpoint specification is read', () => {
    const note =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '— example.com/behind-the-sofa ' +
      'Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';
    expect(parseCheckpoint(note)).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20852163,
      root: '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62',
    });
  });

  test('is signed, verified and read back', () => {
    const note = signCheckpoint(head, privateKey);
    expect(note.split('\n').slice(0, 2)).toEqual([origin, '13']);
    expect(verifyCheckpoint(note, vkey)).toEqual(head);
    expect(
      verifyCheckpoint(signCheckpoint({ origin, size: 0, root: emptyRoot }, privateKey), vkey).size,
    ).toBe(0);
  });

  test("is refused when the log's key signed for another log", () => {
    const text = `other.example\n13\n${Buffer.from(head.root, 'hex').toString('base64')}\n`;
    expect(() => verifyCheckpoint(signNote(text, origin, privateKey), vkey)).toThrow(
      'The checkpoint is of other.example, the key of ops.example.com/twokey',
    );
  });

  test.each([
    ['a leading zero in the size', 'a\n013\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size beyond safe integers', 'a\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a root with unused bits set', 'a\n13\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n'],
    ['a short root', 'a\n13\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n'],
    ['an extension line', 'a\n13\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n'],
    ['an empty origin', '\n13\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCheckpoint(signNote(text, 'a', privateKey))).toThrow('Not a checkpoint');
  });

  test('is not signed over what is no tree head', () => {
    for (const wrong of [{ size: -1 }, { size: 1.5 }, { root: 'abc' }, { origin: 'a b' }])
      expect(() => signCheckpoint({ ...head, ...wrong }, privateKey)).toThrow(
        expect.objectContaining({ code: 'malformed' }),
      );
  });
});
