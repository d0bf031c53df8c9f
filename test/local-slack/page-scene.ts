import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bolt from '@slack/bolt';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { type ControlClient, connectControl } from '../../src/local-slack/control-client.ts';
import { defaultWorld } from '../../src/local-slack/default-world.ts';
import { startLocalSlack } from '../../src/local-slack/local-slack.ts';
import { auditRecord, card, plan, progress, typeTheTarget } from './page-story.ts';

/** A local Slack with an app that plays a restore test, and a browser that looks at it. */
export interface Scene {
  readonly control: ControlClient;
  /** What people did, as the app heard it: `cancel by U0BEN`. */
  readonly heard: string[];
  /** Posts the card, its thread and the audit record, as they stand at the end of an operation. Gives the card's ts. */
  play(): Promise<string>;
  open(hash: string, look?: Look): Promise<Page>;
  close(): Promise<void>;
}

interface Look {
  readonly dark?: boolean;
  readonly phone?: boolean;
}

const Address = z.object({ port: z.number() });
/** The people of the demonstration, shown by their full names. */
export const world = {
  ...defaultWorld,
  users: defaultWorld.users.map((user) => ({ ...user, display_name: user.real_name })),
};
export const incident = 'C0INCIDENT';
const builtPage = fileURLToPath(new URL('../../dist/local-slack/page/', import.meta.url));

export async function startScene(): Promise<Scene> {
  if (!existsSync(join(builtPage, 'index.html')))
    throw new Error(`the page is not built: there is no ${builtPage}; run \`npm run build\``);
  const slack = await startLocalSlack({ port: 0, world });
  const heard: string[] = [];
  const control = connectControl(slack.url);
  const app = restoreApp(slack.apiUrl, heard);
  const { port } = Address.parse((await app.start({ port: 0, host: '127.0.0.1' })).address());
  await control.setRequestUrl('A0TWOKEY', `http://127.0.0.1:${port}/slack/events`);
  const browser = await launch();
  const contexts: BrowserContext[] = [];
  return {
    control,
    heard,
    play: () => playOperation(app),
    async open(hash, { dark = false, phone = false } = {}) {
      const context = await browser.newContext({
        viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
        colorScheme: dark ? 'dark' : 'light',
        hasTouch: phone,
      });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      await serveBuiltPage(page, slack.url);
      await page.goto(`${slack.url}/${hash}`);
      await page.waitForSelector('.channel');
      return page;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await app.stop();
      await slack.close();
    },
  };
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The server runs from its sources here and has no built page beside it: the files come from dist, all else from it. */
export async function serveBuiltPage(page: Page, origin: string): Promise<void> {
  const isFile = (url: URL) =>
    url.origin === origin && (url.pathname === '/' || url.pathname.startsWith('/assets/'));
  await page.route(isFile, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(builtPage, pathname === '/' ? 'index.html' : pathname);
    await route.fulfill({ body: await readFile(path), contentType: types[extname(path)] ?? 'text/plain' });
  });
}

type App = InstanceType<typeof bolt.App>;

function restoreApp(slackApiUrl: string, heard: string[]): App {
  const app = new bolt.App({
    token: 'xoxb-local-twokey',
    signingSecret: 'local-signing-secret',
    logLevel: bolt.LogLevel.ERROR,
    clientOptions: { slackApiUrl },
  });
  app.command('/restore', async ({ ack, command, client }) => {
    await ack(`Working on \`${command.text}\``);
    await client.chat.postMessage({ channel: command.channel_id, text: 'Approval needed', blocks: card() });
  });
  app.action('cancel', async ({ ack, body, client }) => {
    await ack();
    heard.push(`cancel by ${body.user.id}`);
    if (body.type !== 'block_actions' || !body.message || !body.channel) return;
    const place = { channel: body.channel.id, ts: body.message.ts };
    await client.chat.update({ ...place, text: 'Cancelled', blocks: card('Cancelled') });
  });
  app.action('keep', async ({ ack, body, action }) => {
    await ack();
    const kept = action.type === 'static_select' ? action.selected_option.value : action.type;
    heard.push(`keep ${kept} by ${body.user.id}`);
  });
  app.action('confirm', async ({ ack, body, client }) => {
    await ack();
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: typeTheTarget });
  });
  app.view('typed-target', async ({ ack, body, view }) => {
    const typed = view.state.values['target']?.['name']?.value ?? '';
    heard.push(`typed ${typed} by ${body.user.id}`);
    if (typed === 'orders-prod') await ack();
    else await ack({ response_action: 'errors', errors: { target: `${typed} is not the target.` } });
  });
  app.event('reaction_added', async ({ event }) => {
    heard.push(`${event.reaction} by ${event.user}`);
  });
  return app;
}

async function playOperation({ client }: App): Promise<string> {
  const root = await client.chat.postMessage({ channel: incident, text: 'Approval needed', blocks: card() });
  const ts = root.ts ?? '';
  for (const name of ['white_check_mark', 'no_entry'])
    await client.reactions.add({ channel: incident, timestamp: ts, name });
  const reply = { channel: incident, thread_ts: ts };
  await client.chat.postMessage({ ...reply, text: 'The plan', blocks: plan });
  await client.chat.postMessage({ ...reply, text: 'Restoring', blocks: progress });
  await client.filesUploadV2({
    channel_id: incident,
    thread_ts: ts,
    filename: 'OP-7F3K.json',
    file: Buffer.from(JSON.stringify({ operation: 'OP-7F3K', outcome: 'verified', ladder: [1, 2, 3, 4, 5] })),
  });
  await client.chat.postMessage({ ...reply, text: 'Verified', blocks: auditRecord });
  return ts;
}
