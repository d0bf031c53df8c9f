import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureHostUsers } from '../../src/demo/host-users.ts';
import { type Host, startHost } from '../runner/support/host.ts';
import { heldPlan } from '../runner/support/play.ts';

let host: Host;
beforeAll(async () => {
  host = await startHost();
  await host.start();
});
afterAll(() => host.close());

describe('twokey allow', () => {
  test('shows the plan and refuses to go on when another name is typed', async () => {
    const { subject } = await heldPlan(host);
    const said = await host.allow([subject.code, '--yes-target', 'payments']);
    expect(said.text).toContain('undo: remove the fetched copy');
    expect(said.text).toContain(
      "You typed 'payments', the name of the target is 'orders'. Nothing was written.",
    );
    expect(said.code).toBe(2);
    expect(host.allowfiles()).toEqual([]);
  });

  test('asks for the phrase, takes the code in any spelling, and turns the key', async () => {
    const { subject } = await heldPlan(host, 'DELETE ALL DATA');
    const without = await host.allow([subject.code, '--yes-target', 'orders']);
    expect(without.text).toContain('There is nobody to ask: this is no terminal.');
    const spelled = subject.code.slice(3).toLowerCase();
    const turned = await host.allow([spelled, '--yes-target', 'orders', '--phrase', 'DELETE ALL DATA']);
    expect(turned).toMatchObject({ code: 0, text: expect.stringContaining('is turned') });
  });

  test("passes on the runner's refusal, with its reason", async () => {
    const { subject } = await heldPlan(host);
    const said = await host.allow([subject.code, '--yes-target', 'orders'], host.runner);
    expect(said.code).toBe(1);
    expect(said.text).toContain('The runner refuses it (allowfile_from_runner)');
    const { gateway } = host;
    const refused = await gateway.statement(
      'allowfile_refused',
      ({ operation }) => operation === subject.operation,
    );
    expect(refused.problem.hint).toContain(`twokey allow ${subject.code}`);
  });

  test('tells somebody outside the group that they are no operator', async () => {
    const { subject } = await heldPlan(host);
    const { bot: outsider } = await ensureHostUsers('twokey-test');
    const said = await host.allow([subject.code, '--yes-target', 'orders'], outsider);
    expect(said.text).toContain('You may not look at what waits in');
    expect(said.code).toBe(2);
  });
});
