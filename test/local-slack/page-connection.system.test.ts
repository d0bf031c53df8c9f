import { afterEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { connectControl } from '../../src/local-slack/control-client.ts';
import { type LocalSlack, startLocalSlack } from '../../src/local-slack/local-slack.ts';
import { incident, launch, serveBuiltPage, world } from './page-scene.ts';

describe('the page and its server', () => {
  let slack: LocalSlack | undefined;
  let browser: Browser | undefined;
  afterEach(async () => {
    await browser?.close();
    await slack?.close();
  });

  const open = async ({ url }: LocalSlack) => {
    browser = await launch();
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await serveBuiltPage(page, url);
    await page.goto(`${url}/#/${incident}?as=U0ANA`);
    await page.getByText('You are: Ana Duarte').waitFor();
    return { page, asked };
  };

  test('a lost connection is said, and what happened meanwhile is there afterwards', async () => {
    slack = await startLocalSlack({ port: 0, world });
    const { page } = await open(slack);
    await slack.close();
    await page.getByText('Connection lost').waitFor();
    slack = await startLocalSlack({ port: slack.port, world });
    await connectControl(slack.url).say('U0BEN', incident, 'said while you were away');
    await page.getByText('said while you were away').waitFor();
    await page.getByText('Connection lost').waitFor({ state: 'detached' });
    await connectControl(slack.url).say('U0BEN', incident, 'and live again');
    await page.getByText('and live again').waitFor();
  });

  test('no request leaves the machine, not even for an image or a link that a message names', async () => {
    slack = await startLocalSlack({ port: 0, world });
    const { url } = slack;
    const posted = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-local-twokey', 'content-type': 'application/json' },
      body: JSON.stringify({
        channel: incident,
        text: 'https://example.com/page :tada:',
        blocks: [
          { type: 'image', image_url: 'https://example.com/chart.png', alt_text: 'a chart of rates' },
          { type: 'section', text: { type: 'mrkdwn', text: '<https://example.com/page> :tada:' } },
        ],
      }),
    });
    expect(await posted.json()).toMatchObject({ ok: true });
    const { page, asked } = await open(slack);
    await page.getByText('a chart of rates').waitFor();
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((address) => !address.startsWith(url) && !address.startsWith('data:'))).toEqual([]);
  });

  test('a person who cannot see a channel is shown one that they can', async () => {
    slack = await startLocalSlack({ port: 0, world });
    const { page } = await open(slack);
    await page.getByRole('button', { name: 'Act as Gwen Stranger' }).click();
    await page.getByRole('heading', { name: '#vendor-support' }).waitFor();
    await page.locator('.switcher-button').click();
    await page.getByRole('menuitemradio', { name: /Hugo Left/ }).click();
    await page.getByText('Hugo Left is not a member of').waitFor();
  });
});
