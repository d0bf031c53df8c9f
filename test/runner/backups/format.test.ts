import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { layerOf } from '../../../src/runner/backups/format.ts';

const tar = Buffer.alloc(512);
tar.write('toc.dat');
tar.write('ustar', 257);

describe('the format is found from the first bytes', () => {
  test.each([
    ['custom', Buffer.from('PGDMP\x01\x0e')],
    ['gzip', gzipSync('')],
    ['openssl', Buffer.from('Salted__12345678')],
    ['text', Buffer.from('--\n-- PostgreSQL database dump\n--\n')],
    ['text', Buffer.from('-- größe\r\n', 'latin1')],
  ])('%s', (layer, head) => {
    expect(layerOf(head, 'It')).toBe(layer);
  });

  test.each([
    ['zstd', Buffer.from('28b52ffd00', 'hex')],
    ['bzip2', Buffer.from('BZh91AY')],
    ['xz', Buffer.from('fd377a585a0000', 'hex')],
    ['LZ4', Buffer.from('04224d1800', 'hex')],
    ['zip', Buffer.from('PK\x03\x04')],
    ['tar', tar],
    ['age', Buffer.from('age-encryption.org/v1\n')],
    ['PGP', Buffer.from('-----BEGIN PGP MESSAGE-----\n')],
    ['openssl', Buffer.from('U2FsdGVkX19abc')],
  ])('%s is refused by its name, with what to do', (name, head) => {
    expect(() => layerOf(head, 'It')).toThrow(
      expect.objectContaining({
        code: 'backup_format_unknown',
        message: expect.stringContaining(name),
        hint: expect.stringMatching(/^(Write|Encrypt) backups/),
      }),
    );
  });

  test('nothing and noise are refused', () => {
    expect(() => layerOf(Buffer.alloc(0), 'It')).toThrow(expect.objectContaining({ code: 'backup_empty' }));
    expect(() => layerOf(Buffer.from('00ff00ff', 'hex'), 'It')).toThrow(
      expect.objectContaining({
        code: 'backup_format_unknown',
        message: expect.stringContaining('00ff00ff'),
      }),
    );
  });
});
