import { execa } from 'execa';
import type { Demo } from '../../src/demo/demo.ts';
import { TARGET } from '../../src/demo/demo-files.ts';
import { runAs } from '../../src/demo/host-users.ts';
import type { SeenMessage } from '../../src/local-slack/control-client.ts';

export const CHANNEL = 'C0INCIDENT';
const DEADLINE_MS = 60_000;

/** The demo's people, through the doors that people use. */
export interface Play {
  /** Ana asks; the answer is the card, approvable or rejected. */
  ask(backup: string): Promise<{ readonly code: string; readonly card: SeenMessage }>;
  /** Ben reacts, and the thread asks for the host key. */
  approve(card: string): Promise<void>;
  /** The operator on the host runs `twokey allow`. */
  allow(code: string): Promise<void>;
  inChannel(text: RegExp, which?: (message: SeenMessage) => boolean): Promise<SeenMessage>;
  inThread(thread: string, text: RegExp): Promise<SeenMessage>;
}

export function playOn(demo: Demo): Play {
  const play: Play = {
    async ask(backup) {
      const before = new Set((await demo.slack.messages(CHANNEL)).map(({ ts }) => ts));
      await demo.slack.command('U0ANA', CHANNEL, `/restore test ${TARGET} backup=${backup}`);
      const card = await play.inChannel(/Needs approval|Rejected/, ({ ts }) => !before.has(ts));
      return { code: /OP-[A-Z0-9]{4}/.exec(card.text)?.[0] ?? '', card };
    },
    async approve(card) {
      await demo.slack.react('U0BEN', CHANNEL, card, 'white_check_mark');
      await play.inThread(card, /Now the host key/);
    },
    async allow(code) {
      const words = ['allow', code, '--directory', demo.files.allowDirectory, '--yes-target', TARGET];
      const { file, args } = runAs(demo.users.operator, demo.program.node, [demo.program.main, ...words]);
      await execa(file, args, { cwd: '/', timeout: DEADLINE_MS });
    },
    inChannel: (text, which = () => true) =>
      waited(text, async () => (await demo.slack.messages(CHANNEL)).filter(which)),
    inThread: (thread, text) => waited(text, () => demo.slack.thread(CHANNEL, thread)),
  };
  return play;
}

async function waited(text: RegExp, read: () => Promise<SeenMessage[]>): Promise<SeenMessage> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const messages = await read();
    const found = messages.findLast(({ text: said, blocks }) =>
      text.test(`${said}\n${JSON.stringify(blocks ?? [])}`),
    );
    if (found !== undefined) return found;
    if (Date.now() > deadline)
      throw new Error(`nobody said ${text}; the last was ${JSON.stringify(messages.at(-1))}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
