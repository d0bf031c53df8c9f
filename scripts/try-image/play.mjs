// Plays a restore test on a running compose.yml through the doors that people use: Slack, and the host's
// own `twokey allow` and psql. Usage: play.mjs <copy of the program> <operator's Unix user> <file for the audit channel>
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [program, operator, witness] = process.argv.slice(2);
const { connectControl } = await import(`${program}/dist/local-slack/control-client.js`);
const { threadText } = await import(`${program}/dist/demo/thread-text.js`);

const CHANNEL = 'C0INCIDENT';
const DEADLINE_MS = 60_000;
const slack = connectControl('http://127.0.0.1:4700');

await until('the bot is connected with Slack', async () => (await slack.connections('A0TWOKEY')) > 0);
const card = await ask('/restore test orders');
const [code] = /OP-[A-Z0-9]{4}/.exec(card.text);
await slack.react('U0BEN', CHANNEL, card.ts, 'white_check_mark');
await said('Now the host key', card.ts);
console.log(asOperator('node', `${program}/dist/main.js`, 'allow', code, '--yes-target', 'orders'));
await said('Audit record of', card.ts);
console.log(threadText(await slack.thread(CHANNEL, card.ts), new Map()));
await said('Backup verified', card.ts);

const left = await said('left up on', card.ts);
const typed = /```([^`]+)```/.exec(shown(left).replaceAll('\\n', '\n'))[1];
console.log(`$ ${typed}`);
const count = asOperator('sh', '-c', `${typed} -Atc 'select count(*) from orders'`).trim();
if (count !== '5000') throw new Error(`${operator} sees ${count} orders in the restored copy, not 5000`);
console.log(`${operator} looks into the restored copy on the host: ${count} orders.`);
await slack.click('U0ANA', CHANNEL, left.ts, 'sandbox_remove');
await said('is removed from', card.ts);
console.log('The restored copy is removed.');
writeFileSync(witness, JSON.stringify(await slack.messages('C0AUDIT')));

/** A runner that has only just been started may not be there yet: then it is asked again, as a person would. */
async function ask(text) {
  for (let attempt = 1; ; attempt += 1) {
    const before = new Set((await seenByAna()).map(({ ts }) => ts));
    const { outcome, error } = await slack.command('U0ANA', CHANNEL, text);
    if (outcome !== 'acknowledged') throw new Error(`${text} was not acknowledged: ${error}`);
    const fresh = async () => (await seenByAna()).filter(({ ts }) => !before.has(ts));
    const answer = await until('an answer to the command', async () => (await fresh())[0]);
    if (shown(answer).includes('is looking at it'))
      return until('Needs approval', async () =>
        (await fresh()).find((message) => shown(message).includes('Needs approval')),
      );
    console.log(threadText([answer], new Map()));
    if (attempt === 5) throw new Error(`${text} was refused five times`);
    await sleep(2_000);
  }
}

function seenByAna() {
  return slack.messages(CHANNEL, 'U0ANA');
}

async function said(text, thread) {
  return until(text, async () => {
    const messages = await slack.thread(CHANNEL, thread);
    return messages.findLast((message) => shown(message).includes(text));
  });
}

async function until(what, look) {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) {
      const last = threadText((await slack.messages(CHANNEL, 'U0ANA')).slice(-3), new Map());
      throw new Error(`Not seen within ${DEADLINE_MS / 1000} s: ${what}. The last messages:\n${last}`);
    }
    await sleep(200);
  }
}

function shown({ text, blocks = [] }) {
  return `${text}\n${JSON.stringify(blocks)}`;
}

function asOperator(...words) {
  const become = [`--reuid=${operator}`, `--regid=${operator}`, '--init-groups', '--reset-env', '--'];
  return execFileSync('setpriv', [...become, ...words], { encoding: 'utf8', cwd: '/', timeout: DEADLINE_MS });
}
