import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadRunnerConfig } from '../../src/config/load-runner-config.ts';
import { edited, problemsOf, RUNNER, written } from './written.ts';

function load(text: string) {
  return loadRunnerConfig(join(written({ 'runner.yml': text }), 'runner.yml'));
}

describe("a runner's configuration", () => {
  test('is one frozen value, with defaults for what it does not say', () => {
    const config = load(RUNNER);
    expect(config).toMatchObject({
      runner: 'ops-1',
      minimum: { normal: 1, 'break-glass': 1 },
      sandbox: { lifetime: '2h', slots: 2, profile: 'fast' },
      targets: { orders: { demo: false, 'host-key': 'operator', verify: { tables: {} } } },
    });
    expect(Object.isFrozen(config.targets['orders']?.backups[0])).toBe(true);
  });

  test('a file that every user may write is refused', () => {
    const file = join(written({ 'runner.yml': RUNNER }), 'runner.yml');
    chmodSync(file, 0o666);
    expect(problemsOf(() => loadRunnerConfig(file))).toEqual([
      `0:0 : every user of this host may write it; run \`chmod o-w ${file}\``,
    ]);
  });

  test.each(['localhost', '127.0.0.1', '[::1]'])('may dial %s without TLS', (host) => {
    expect(load(edited(RUNNER, 'wss://twokey.example.com', `ws://${host}:7443`)).bot.url).toContain(host);
  });

  test.each([
    [
      'another host without TLS',
      'wss://twokey',
      'ws://twokey',
      '3:8 bot.url: ws:// is not encrypted and only for this same host; use wss://',
    ],
    [
      'a placeholder',
      '/srv/twokey/sandbox',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what somebody writes by mistake
      '"${SANDBOX}/x"',
      /^10:\d+ sandbox.directory: expected an absolute path/,
    ],
    [
      'a placeholder inside a path',
      '/srv/twokey/sandbox',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what somebody writes by mistake
      '"/srv/${SANDBOX}"',
      '10:23 sandbox.directory: a placeholder ($ and braces) is not replaced here; a secret is written `{ env: NAME }`, anything else as it is',
    ],
    [
      'a folder that is not absolute',
      '/var/backups/orders',
      'backups',
      '14:54 targets.orders.backups[0].folder: expected an absolute path, found "backups"',
    ],
    [
      'same-user outside a demo',
      'environment: production',
      'environment: production\n    host-key: same-user',
      '14:15 targets.orders.host-key: `same-user` is only for a target marked `demo: true`',
    ],
    [
      'sandboxes inside the state',
      '/srv/twokey/sandbox',
      '/var/lib/twokey/runner/sandbox',
      '10:23 sandbox.directory: lies in state or around it (/var/lib/twokey/runner); keep them apart',
    ],
    [
      'one directory for two things',
      '/srv/twokey/sandbox',
      '/run/twokey/allow/',
      '10:23 sandbox.directory: lies in allow.directory or around it (/run/twokey/allow); keep them apart',
    ],
    [
      'a key that operators could reach',
      '/etc/twokey/runner.pem',
      '/run/twokey/allow/runner.pem',
      /^6:6 key: lies in a directory that others can look into/,
    ],
    [
      'an unknown zone',
      "['*.dump'] }",
      "['*.dump'], zone: Europe/Wien }",
      '14:103 targets.orders.backups[0].zone: expected the IANA name of a time zone, such as Europe/Vienna',
    ],
    [
      'an action twice',
      '[backup.fetch, sandbox.create',
      '[backup.fetch, backup.fetch, sandbox.create',
      '15:29 targets.orders.actions[1]: `backup.fetch` is there already, in entry 1',
    ],
    [
      'an operator twice',
      '{ uid: 1001, slack: U0OLA }',
      '{ uid: 1001, slack: U0OLA }, { uid: 1001, slack: U0ANA }',
      '9:49 operators[1].uid: `1001` is there already, in entry 1',
    ],
    ['root as an operator', 'uid: 1001', 'uid: 0', '9:20 operators[0].uid: expected at least 1, found 0'],
    [
      'a minimum of none',
      'sandbox: {',
      'minimum: { normal: 0 }\nsandbox: {',
      '10:20 minimum.normal: expected at least 1, found 0',
    ],
    [
      'half of a pair of keys',
      '{ name: nightly, kind: folder, folder: /var/backups/orders,',
      '{ name: nightly, kind: s3, bucket: acme, access-key-id: { env: ID },',
      '14:15 targets.orders.backups[0]: `access-key-id` and `secret-access-key` go together: give both or neither',
    ],
    [
      'no target',
      RUNNER.slice(RUNNER.indexOf('targets:')),
      'targets: {}\n',
      '11:10 targets: expected at least one target',
    ],
    [
      'a connection string instead of where it is',
      'environment: production',
      'environment: production\n    database: postgres://ana:hunter2@db/orders',
      '14:15 targets.orders.database: expected a mapping, found a value that is not shown, in case it is a secret',
    ],
  ])('%s is refused', (_, from, to, expected) => {
    const wrong = typeof expected === 'string' ? expected : expect.stringMatching(expected);
    expect(problemsOf(() => load(edited(RUNNER, from, to)))).toEqual([wrong]);
  });
});
