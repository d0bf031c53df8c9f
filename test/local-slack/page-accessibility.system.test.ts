import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { incident, type Scene, startScene } from './page-scene.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const Found = z.object({
  violations: z.array(
    z.object({ id: z.string(), impact: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

describe.each([
  ['light', { dark: false }],
  ['dark', { dark: true }],
])('axe finds nothing serious in %s', (_, look) => {
  let scene: Scene;
  let cardTs: string;
  beforeAll(async () => {
    scene = await startScene();
    cardTs = await scene.play();
  });
  afterAll(() => scene?.close());

  test('in a channel with an open thread', async () => {
    const page = await scene.open(`#/${incident}/thread/${cardTs}?as=U0BEN`, look);
    await page.locator('.thread .file-lines').waitFor();
    expect(await serious(page)).toEqual([]);
  });

  test('in the list of people', async () => {
    const page = await scene.open(`#/${incident}?as=U0BEN`, look);
    await page.locator('.switcher-button').click();
    expect(await serious(page)).toEqual([]);
  });

  test('in the emoji picker and the completion of a command', async () => {
    const page = await scene.open(`#/${incident}?as=U0BEN`, look);
    await page.getByRole('button', { name: 'Emoji', exact: true }).click();
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Message #incident-orders' }).fill('/');
    await page.getByRole('listbox', { name: 'Commands' }).waitFor();
    expect(await serious(page)).toEqual([]);
  });

  test('in a modal', async () => {
    const page = await scene.open(`#/${incident}?as=U0BEN`, look);
    await page.getByRole('button', { name: 'Type the target' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    expect(await serious(page)).toEqual([]);
  });

  test('on a phone, with the channels open', async () => {
    const page = await scene.open(`#/${incident}?as=U0BEN`, { ...look, phone: true });
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Channels' }).click();
    expect(await serious(page)).toEqual([]);
  });
});

/** What axe calls serious or critical: rule and first element of each. */
async function serious(page: Page): Promise<string[]> {
  await page.waitForTimeout(250);
  await page.addScriptTag({ path: axe });
  const { violations } = Found.parse(
    await page.evaluate('axe.run(document, { resultTypes: ["violations"] })'),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
