import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readWhole } from '../../../src/runner/backups/read-whole.ts';
import { inPieces } from './dumps.ts';

const bytes = Buffer.alloc(12 * 1024 * 1024, 'a b c ');
const never = {
  onBytes: () => {},
  decodeUntil: Number.POSITIVE_INFINITY,
  readUntil: Number.POSITIVE_INFINITY,
};
const sha256 = createHash('sha256').update(bytes).digest('hex');
const pieces = () => inPieces(bytes, 1 << 20);

async function count(chunks: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) size += chunk.length;
  return size;
}

describe('one reading', () => {
  test('gives digests and decoding', async () => {
    expect(await readWhole(pieces(), count, never)).toEqual({
      sha256,
      crc32: crc32(bytes).toString(16).padStart(8, '0'),
      sizeBytes: bytes.length,
      decoding: { outcome: 'done', result: bytes.length },
    });
  });

  test('goes on to the digest when the decoding fails, even at once', async () => {
    const early = async () => {
      throw new Error('no');
    };
    const late = async (chunks: AsyncIterable<Buffer>) => {
      for await (const _ of chunks) throw new Error('no');
    };
    for (const decode of [early, late]) {
      expect(await readWhole(pieces(), decode, never)).toMatchObject({
        sha256,
        decoding: { outcome: 'failed', error: expect.objectContaining({ message: 'no' }) },
      });
    }
  });

  test('stops decoding first and reading last when time runs out', async () => {
    const decode = { ...never, decodeUntil: 0 };
    expect(await readWhole(pieces(), count, decode)).toMatchObject({
      sha256,
      decoding: { outcome: 'stopped' },
    });
    const read = { ...never, readUntil: 0 };
    expect(await readWhole(pieces(), count, read)).toMatchObject({
      sha256: null,
      decoding: { outcome: 'stopped' },
    });
  });

  test('passes on the failure of the stream, after the decoding has ended', async () => {
    let ended = false;
    const failing = async function* () {
      yield bytes.subarray(0, 100);
      throw new Error('connection lost');
    };
    const decode = (chunks: AsyncIterable<Buffer>) =>
      count(chunks).finally(() => {
        ended = true;
      });
    await expect(readWhole(failing(), decode, never)).rejects.toThrow('connection lost');
    expect(ended).toBe(true);
  });
});
