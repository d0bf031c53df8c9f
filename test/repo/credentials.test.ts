import { describe, expect, test } from '@jest/globals';
import { place, repositoryFiles, textOf } from './files.ts';

/** What a credential looks like, and when it is only an example of one. */
const KINDS: readonly { readonly kind: string; readonly pattern: RegExp; readonly harmless?: RegExp }[] = [
  { kind: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\s|\\n)+[A-Za-z0-9+/]{40}/g },
  // The key that AWS's own documentation uses everywhere.
  { kind: 'an AWS access key', pattern: /\b(?:AKIA|ASIA|AROA)[0-9A-Z]{16}\b/g, harmless: /EXAMPLE$/ },
  {
    kind: 'an AWS secret key',
    pattern: /aws_?secret\w*["'\s:=]+[A-Za-z0-9/+]{40}\b/gi,
    harmless: /EXAMPLEKEY$/,
  },
  // The local Slack's tokens say that they are; `1` stands for any.
  {
    kind: 'a Slack token',
    pattern: /\bxox[a-z]-[\w-]{8,}|\bxapp-\d-[\w-]{8,}/g,
    harmless: /local|example|hunter2/i,
  },
  {
    kind: 'a Slack webhook',
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/T\w{7,}\/\w{7,}\/\w{16,}/g,
  },
  { kind: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{30,})/g },
  { kind: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'a JSON Web Token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g },
  {
    // A password for a host that the world can reach; names without a dot and reserved ones are nobody's.
    kind: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+]*:\/\/[^\s:/@'"`<>{}$]+:[^\s:/@'"`<>{}$…*]+@[^\s:/@'"`]+/gi,
    harmless:
      /@(?:[a-z0-9_-]+|(?:\d+\.){3}\d+|(?:.+\.)?(?:example|test|invalid|localhost)(?:\.(?:com|org|net))?)\.?$/i,
  },
];

function credentials(path: string, text: string): string[] {
  return KINDS.flatMap(({ kind, pattern, harmless }) =>
    [...text.matchAll(pattern)]
      .filter(([found]) => harmless?.test(found) !== true)
      .map(({ index }) => `${place(path, text, index)}: ${kind}`),
  );
}

describe('credentials', () => {
  test('none is in the repository', () => {
    const files = repositoryFiles().filter((path) => path !== 'package-lock.json');
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((path) => credentials(path, textOf(path)))).toEqual([]);
  });

  const base64 = 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v'.repeat(2);
  // Each in two parts, or this file would be found itself.
  test.each([
    ['a private key', ['-----BEGIN PRIVATE', ` KEY-----\n${base64}`]],
    ['a private key in one line', ['-----BEGIN RSA PRIVATE', ` KEY-----\\n${base64}`]],
    ['an AWS access key', ['AKIA', 'J5T3QW2Z7LXM4PYR']],
    ['an AWS secret key', ['aws_secret_access_key = ', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz']],
    ['a Slack bot token', ['xoxb-', '2048293847-1829384756-Qw8rTyUiOpAsDfGh']],
    ['a Slack app token', ['xapp-', '1-A02ABCDEF-2938475610-0a1b2c3d4e']],
    ['a Slack webhook', ['hooks.slack.com/', 'services/T01ABCDEF/B01ABCDEF/abcdefghijklmnop']],
    ['a GitHub token', ['ghp_', 'a'.repeat(36)]],
    ['an npm token', ['npm_', 'a'.repeat(36)]],
    ['a JSON Web Token', ['eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r']],
    ['a database password', ['postgres://orders:S3cr3t', '@db.acme.io:5432/orders']],
    ['a password behind a driver suffix', ['postgresql+asyncpg://orders:S3cr3t', '@10.db.acme.cloud/orders']],
  ])('%s would be found', (_, parts) => {
    expect(credentials('planted', `first\n${parts.join('')}\n`)).toEqual([
      expect.stringMatching(/^planted:2: /),
    ]);
  });

  test.each([
    [
      'what stands for a password',
      'postgres://twokey:…@db.acme.io/twokey and postgres://$USER:$PASS@db.acme.io/x',
    ],
    ['an address without one', 'postgres://twokey@db.acme.io/twokey'],
    ['a reserved name', 'postgres://ana:hunter2@db.example.com/orders'],
    ['this host', 'postgres://ana:hunter2@localhost:5432/orders'],
    [
      'a public key',
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
    ],
    ['a token in words', 'a bot token begins with xoxb-, an app token with xapp-1-'],
  ])('%s is not taken for a credential', (_, text) => {
    expect(credentials('planted', text)).toEqual([]);
  });
});
