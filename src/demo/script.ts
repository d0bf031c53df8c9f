import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { SeenMessage } from '../local-slack/control-client.ts';
import type { Demo } from './demo.ts';
import { TARGET } from './demo-files.ts';
import { runAs } from './host-users.ts';
import type { Say } from './say.ts';
import { threadText } from './thread-text.ts';

const CHANNEL = 'C0INCIDENT';
const AUDIT = 'C0AUDIT';
const DEADLINE_MS = 45_000;

/**
 * Plays a restore test through the doors that people use, then a broken backup, then checks the audit
 * export offline.
 *
 * @throws Error that names the first thing that did not hold.
 */
export async function playScript(demo: Demo, say: Say): Promise<void> {
  const names = await peopleOf(demo);
  say('');
  say(`▶ Ana asks for a restore test of ${TARGET}.`);
  const card = await ask(demo, `/restore test ${TARGET}`, /Needs approval/);
  const code = codeOf(card);

  say('▶ Ana, a guest and an engineer outside the role try to approve it. None of them counts.');
  for (const [who, refusal] of [
    ['U0ANA', 'someone else has to approve'],
    ['U0EVE', 'Guests cannot decide'],
    ['U0FARID', 'Only members of'],
  ] as const) {
    await demo.slack.react(who, CHANNEL, card.ts, 'white_check_mark');
    const told = await seen(demo, refusal, { as: who });
    say(`  ${names.get(who)} is told: ${told.text}`);
  }

  say('▶ Ben, a database administrator, approves with a reaction.');
  await demo.slack.react('U0BEN', CHANNEL, card.ts, 'white_check_mark');
  await seen(demo, 'Now the host key', { thread: card.ts });

  say(`▶ Dmitri, as the Unix user ${demo.users.operator.name}, turns the host key.`);
  await allow(demo, code, say);
  const end = await seen(demo, /Audit record of/, { thread: card.ts });
  await fileIn(demo, card.ts, `${code}-audit.json`);
  await seen(demo, new RegExp(`Backup verified: ${code}`), {});
  if (!shown(end).includes('Backup verified'))
    throw new Error(`${code} did not end verified:\n${shown(end)}`);

  say('▶ The thread:');
  say('');
  say(threadText(await demo.slack.thread(CHANNEL, card.ts), names));
  say('');

  await playBroken(demo, names, say);

  say('▶ Ana removes the sandbox.');
  const left = await seen(demo, 'left up on', { thread: card.ts });
  await demo.slack.click('U0ANA', CHANNEL, left.ts, 'sandbox_remove');
  await seen(demo, 'is removed from', { thread: card.ts });

  await checkAudit(demo, say);
}

/** A backup that was cut off is refused in preflight: nobody is asked to approve it. */
async function playBroken(demo: Demo, names: ReadonlyMap<string, string>, say: Say): Promise<void> {
  const truncated = demo.backups.all.find(
    ({ path, expect }) => expect === 'not-verified' && path.includes('truncated'),
  );
  if (truncated === undefined) throw new Error('The demo has no truncated backup (this is a bug)');
  say(`▶ Ana asks for ${truncated.path}: ${truncated.made}.`);
  const refused = await ask(demo, `/restore test ${TARGET} backup=${truncated.path}`, /Rejected/);
  say('');
  say(threadText([refused], names));
  say('');
}

async function ask(demo: Demo, text: string, outcome: RegExp): Promise<SeenMessage> {
  const before = new Set((await demo.slack.messages(CHANNEL)).map(({ ts }) => ts));
  const { outcome: taken, error } = await demo.slack.command('U0ANA', CHANNEL, text);
  if (taken !== 'acknowledged') throw new Error(`${text} was not acknowledged: ${error}`);
  return seen(demo, outcome, { after: before });
}

/** The operator's own command, with the flags that scripts use in place of typing. */
async function allow(demo: Demo, code: string, say: Say): Promise<void> {
  const { file, args } = runAs(demo.users.operator, demo.program.node, [
    demo.program.main,
    'allow',
    code,
    '--directory',
    demo.files.allowDirectory,
    '--yes-target',
    TARGET,
  ]);
  const { all, exitCode } = await execa(file, args, {
    all: true,
    reject: false,
    cwd: '/',
    timeout: DEADLINE_MS,
  });
  say(all.replace(/^/gm, '  '));
  if (exitCode !== 0) throw new Error(`twokey allow ended with ${exitCode}`);
}

async function checkAudit(demo: Demo, say: Say): Promise<void> {
  say('▶ The audit log is exported, and checked offline against what Slack saw.');
  const exported = join(demo.directory, 'audit.ndjson');
  const witness = join(demo.directory, 'slack-export.json');
  await writeFile(witness, JSON.stringify(await demo.slack.messages(AUDIT)));
  await writeFile(exported, '');
  await chown(exported, demo.users.bot.uid, demo.users.bot.gid);
  const environment = {
    DATABASE_URL: demo.databaseUrl,
    SLACK_BOT_TOKEN: 'xoxb-local-twokey',
    SLACK_APP_TOKEN: 'xapp-local-twokey',
  };
  const twokey = async (...args: string[]): Promise<void> => {
    const { file, args: whole } = runAs(demo.users.bot, demo.program.node, [demo.program.main, ...args]);
    const { all, exitCode } = await execa(file, whole, {
      all: true,
      reject: false,
      cwd: '/',
      env: environment,
      timeout: DEADLINE_MS,
    });
    say(all.replace(/^/gm, '  '));
    if (exitCode !== 0) throw new Error(`twokey ${args.slice(0, 2).join(' ')} ended with ${exitCode}`);
  };
  await twokey('audit', 'export', '--config', demo.files.botConfig, '--output', exported, '--force');
  await twokey('audit', 'verify', exported, '--key', demo.files.logKey, '--witness', witness);
}

async function seen(
  demo: Demo,
  text: string | RegExp,
  where: { readonly as?: string; readonly thread?: string; readonly after?: ReadonlySet<string> },
): Promise<SeenMessage> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const messages =
      where.thread === undefined
        ? await demo.slack.messages(CHANNEL, where.as)
        : await demo.slack.thread(CHANNEL, where.thread, where.as);
    const found = messages.findLast(
      (message) => !where.after?.has(message.ts) && shown(message).search(text) >= 0,
    );
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      const last = messages.slice(-3).map(shown).join('\n---\n');
      throw new Error(`Nobody said ${text} within ${DEADLINE_MS / 1000} s. The last messages:\n${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function fileIn(demo: Demo, thread: string, name: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const messages = await demo.slack.thread(CHANNEL, thread);
    if (messages.some(({ files }) => files?.some((file) => file.name === name))) return;
    if (Date.now() > deadline) throw new Error(`No file ${name} in the thread`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function shown(message: SeenMessage): string {
  return `${message.text}\n${JSON.stringify(message.blocks ?? [])}`;
}

function codeOf(card: SeenMessage): string {
  const code = /OP-[A-Z0-9]{4}/.exec(card.text)?.[0];
  if (code === undefined) throw new Error(`No operation code in: ${card.text}`);
  return code;
}

const Boot = z.looseObject({
  users: z.array(z.looseObject({ id: z.string(), real_name: z.string() })),
  channels: z.array(z.looseObject({ id: z.string(), name: z.string().default('') })),
  user_groups: z.array(z.looseObject({ id: z.string(), handle: z.string() })),
});

async function peopleOf(demo: Demo): Promise<Map<string, string>> {
  const answer = await fetch(`${demo.slackUrl}/_page/boot?as=U0ANA`, { signal: AbortSignal.timeout(5_000) });
  const { users, channels, user_groups: groups } = Boot.parse(await answer.json());
  return new Map([
    ...users.map(({ id, real_name: name }) => [id, name] as const),
    ...channels.map(({ id, name }) => [id, name] as const),
    ...groups.map(({ id, handle }) => [id, handle] as const),
  ]);
}
