import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { incident, type Scene, startScene } from './page-scene.ts';

describe('the page of the local Slack', () => {
  let scene: Scene;
  let cardTs: string;
  beforeAll(async () => {
    scene = await startScene();
    cardTs = await scene.play();
  });
  afterAll(() => scene?.close());

  const message = (page: Page, ts = cardTs) => page.locator(`.channel [data-ts="${ts}"]`);

  test('one click on a face makes one another person, with their own address', async () => {
    const page = await scene.open(`#/${incident}?as=U0ANA`);
    await page.getByText('You are: Ana Duarte').waitFor();
    await page.getByRole('button', { name: 'Act as Ben Okafor' }).click();
    await page.getByText('You are: Ben Okafor').waitFor();
    expect(page.url()).toContain(`#/${incident}?as=U0BEN`);
  });

  test('the list of people names their roles and what they are', async () => {
    const page = await scene.open(`#/${incident}?as=U0ANA`);
    await page.locator('.switcher-button').click();
    const entries = await page.getByRole('menuitemradio').allInnerTexts();
    expect(entries.find((entry) => entry.includes('Ben Okafor'))).toContain('DBA lead · @db-approvers');
    expect(entries.find((entry) => entry.includes('Eve Guest'))).toContain('SINGLE-CHANNEL GUEST');
    expect(entries.find((entry) => entry.includes('Gwen Stranger'))).toContain('EXTERNAL');
    expect(entries.find((entry) => entry.includes('Hugo Left'))).toContain('DEACTIVATED');
  });

  test('a slash command completes with its hint, and the answer is seen by the asker alone', async () => {
    const ana = await scene.open(`#/${incident}?as=U0ANA`);
    const box = ana.getByRole('combobox', { name: 'Message #incident-orders' });
    await box.pressSequentially('/res');
    const offer = ana.getByRole('option', { name: '/restore' });
    expect(await offer.innerText()).toContain('test <target>');
    await box.press('Tab');
    expect(await box.inputValue()).toBe('/restore ');
    expect(await ana.locator('.usage').innerText()).toContain('backup=latest');
    await box.pressSequentially('test orders');
    await box.press('Enter');
    const answer = ana.locator('.message-ephemeral', { hasText: 'Working on' });
    expect(await answer.innerText()).toContain('Only visible to you');
    const ben = await scene.open(`#/${incident}?as=U0BEN`);
    await ben.getByText('Approval needed').first().waitFor();
    expect(await ben.getByText('Working on').count()).toBe(0);
  });

  test('an unknown command, and one in a thread, are refused as Slack does', async () => {
    const page = await scene.open(`#/${incident}/thread/${cardTs}?as=U0ANA`);
    const box = page.getByRole('combobox', { name: 'Message #incident-orders' });
    await box.fill('/nonsense');
    await box.press('Enter');
    await page.locator('.channel').getByText('/nonsense is not a valid command').waitFor();
    expect(await box.inputValue()).toBe('/nonsense');
    const reply = page.getByRole('combobox', { name: 'Reply…' });
    await reply.fill('/restore test orders');
    await reply.press('Enter');
    await page.locator('.thread').getByText('/restore is not supported in threads. Sorry!').waitFor();
  });

  test('a reaction goes to the app, shows live to others, and says who', async () => {
    const ana = await scene.open(`#/${incident}?as=U0ANA`);
    const ben = await scene.open(`#/${incident}?as=U0BEN`);
    const pill = message(ben).locator('[data-reaction=white_check_mark]');
    await pill.click();
    const seen = message(ana).locator('[data-reaction=white_check_mark]');
    await expectText(seen, '2');
    await seen.hover();
    expect(await message(ana).getByRole('tooltip', { includeHidden: true }).first().innerText()).toContain(
      'Ben Okafor',
    );
    await waitUntil(() => scene.heard.includes('white_check_mark by U0BEN'));
    await pill.click();
    await expectText(seen, '1');
  });

  test('the emoji picker finds by name and keeps the skin tone', async () => {
    const page = await scene.open(`#/${incident}?as=U0CHLOE`);
    await message(page).hover();
    await message(page).getByRole('button', { name: 'Find another reaction' }).click();
    await page.getByLabel('Skin tone 4').check({ force: true });
    await page.getByLabel('Search all emoji').fill('raised hands');
    await page.getByLabel('Search all emoji').press('Enter');
    await expectText(message(page).locator('[data-reaction="raised_hands::skin-tone-4"]'), '1');
  });

  test('a button asks to confirm, reaches the app, and the card changes before one’s eyes', async () => {
    const page = await scene.open(`#/${incident}?as=U0BEN`);
    await message(page).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    expect(scene.heard).not.toContain('cancel by U0BEN');
    await message(page).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click();
    await message(page).getByText('Cancelled · OP-7F3K').waitFor();
    expect(scene.heard).toContain('cancel by U0BEN');
    await message(page).getByLabel('Keep for…').selectOption('4h');
    await waitUntil(() => scene.heard.includes('keep 4h by U0BEN'));
  });

  test('a modal opens, refuses an empty and a wrong value, and closes on the right one', async () => {
    const page = await scene.open(`#/${incident}?as=U0CHLOE`);
    await message(page).getByRole('button', { name: 'Type the target' }).click();
    const modal = page.getByRole('dialog', { name: 'Confirm the target' });
    await modal.getByRole('button', { name: 'Confirm' }).click();
    await modal.getByText('Please complete this required field.').waitFor();
    await modal.getByRole('textbox', { name: 'Target' }).fill('orders');
    await modal.getByRole('button', { name: 'Confirm' }).click();
    await modal.getByText('orders is not the target.').waitFor();
    await modal.getByRole('textbox', { name: 'Target' }).fill('orders-prod');
    await modal.getByRole('button', { name: 'Confirm' }).click();
    await modal.waitFor({ state: 'detached' });
    expect(scene.heard).toContain('typed orders-prod by U0CHLOE');
  });

  test('a thread opens from its replies, shows plan and record, and a reply arrives', async () => {
    const page = await scene.open(`#/${incident}?as=U0ANA`);
    await message(page)
      .getByRole('button', { name: /4 replies/ })
      .click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByRole('img', { name: 'In progress' }).first().waitFor();
    expect(await thread.locator('.plan').innerText()).toContain('14 of 22 tables');
    await thread.getByRole('button', { name: /Evidence/ }).click();
    await thread.getByText('Log root').waitFor();
    expect(page.url()).toContain(`/thread/${cardTs}`);
    const box = thread.getByRole('combobox', { name: 'Reply…' });
    await box.fill('thanks @Ben Okafor & all');
    await box.press('Enter');
    await thread.getByText('thanks @Ben Okafor & all').waitFor();
    const replies = await scene.control.thread(incident, cardTs);
    expect(replies.at(-1)?.text).toBe('thanks <@U0BEN> &amp; all');
  });

  test('a file shows its first lines and opens whole', async () => {
    const page = await scene.open(`#/${incident}/thread/${cardTs}?as=U0DMITRI`);
    const file = page.locator('.thread .file');
    expect(await file.innerText()).toContain('OP-7F3K.json');
    await file.locator('.file-lines').getByText('"operation": "OP-7F3K"').waitFor();
    await file.getByRole('button', { name: /View all/ }).click();
    const whole = page.getByRole('dialog', { name: 'OP-7F3K.json' });
    expect(await whole.innerText()).toContain('5');
    await page.keyboard.press('Escape');
    await whole.waitFor({ state: 'detached' });
  });

  test('a message that someone else posts marks its channel as unread until it is opened', async () => {
    const page = await scene.open(`#/C0GENERAL?as=U0FARID`);
    await scene.control.say('U0BEN', incident, 'look here @farid');
    const row = page.locator(`[data-channel=${incident}]`);
    await expectText(row.locator('.side-count'), '1');
    await row.click();
    await page.locator('.channel').getByText('look here @Farid Haddad').waitFor();
    await row.locator('.side-count').waitFor({ state: 'detached' });
  });

  test('one’s own message can be changed, and others see that it was', async () => {
    const ts = await scene.control.say('U0ANA', incident, 'frist & <b>');
    const page = await scene.open(`#/${incident}?as=U0ANA`);
    await message(page, ts).hover();
    await message(page, ts).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Edit message' }).click();
    const box = page.getByRole('textbox', { name: 'Edit message' });
    expect(await box.inputValue()).toBe('frist & <b>');
    await box.fill('first & <b>');
    await box.press('Enter');
    await message(page, ts).getByText('first & <b> (edited)').waitFor();
  });

  test('on a phone the channels are a drawer and a thread covers the channel', async () => {
    const page = await scene.open(`#/${incident}?as=U0ANA`, { phone: true });
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Channels' }).click();
    await page.getByRole('button', { name: 'ops-audit' }).click();
    await page.getByRole('heading', { name: '#ops-audit' }).waitFor();
    await page.goBack();
    await message(page)
      .getByRole('button', { name: /replies/ })
      .click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    expect(await thread.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    await page.getByRole('button', { name: 'Back to the channel' }).click();
    await thread.waitFor({ state: 'detached' });
  });
});

async function expectText(locator: ReturnType<Page['locator']>, text: string): Promise<void> {
  await locator.filter({ hasText: text }).waitFor();
}

async function waitUntil(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('waited five seconds in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
