import { describe, expect, test } from '@jest/globals';
import { checkpointsIn } from '../../src/audit/witness.ts';
import { checkpointAt, exported, sampleLog } from './sample-log.ts';

const sample = sampleLog(9);
const [three, six, nine] = [3, 6, 9].map((size) => checkpointAt(sample, size));
if (!three || !six || !nine) throw new Error('there are three');

describe('checkpoints kept elsewhere', () => {
  test('are found in the messages of a Slack channel export', () => {
    const messages = [
      { type: 'message', ts: '1', text: 'restored, see below' },
      { type: 'message', ts: '2', text: `Checkpoint:\n\`\`\`\n${three}\`\`\`` },
      { type: 'message', ts: '3', text: `Checkpoint \`\`\`${six.trimEnd()}\`\`\` of today` },
      {
        type: 'message',
        ts: '4',
        text: '',
        metadata: { event_type: 'x', event_payload: { checkpoint: nine } },
      },
    ];
    expect(checkpointsIn(JSON.stringify(messages))).toEqual([three, six, nine]);
    expect(checkpointsIn(JSON.stringify({ ok: true, messages }, null, 2))).toEqual([three, six, nine]);
  });

  test('are found in the blocks of a message', () => {
    const block = { type: 'rich_text_preformatted', elements: [{ type: 'text', text: three.trimEnd() }] };
    expect(checkpointsIn(JSON.stringify([{ blocks: [{ type: 'rich_text', elements: [block] }] }]))).toEqual([
      three,
    ]);
  });

  test('are found though Slack made a link of the name of the log', () => {
    const linked = three.replaceAll('ops.example.com', '<http://ops.example.com|ops.example.com>');
    expect(linked).not.toBe(three);
    expect(checkpointsIn(JSON.stringify([{ text: `\`\`\`${linked}\`\`\`` }]))).toEqual([three]);
  });

  test('are found in bare notes, several in a file, with Windows line ends too', () => {
    expect(checkpointsIn(three)).toEqual([three]);
    expect(checkpointsIn(`${three}\n${six}\nsome words\n\n${nine.trimEnd()}`)).toEqual([three, six, nine]);
    expect(checkpointsIn(three.replaceAll('\n', '\r\n'))).toEqual([three]);
  });

  test('are found in another export, and in lines of JSON', async () => {
    const lines = await exported(sample, { checkpoints: [3, 9] });
    expect(checkpointsIn(`${lines.join('\n')}\n`)).toEqual([three, nine]);
  });

  test('are found once each, with all their signature lines', () => {
    const cosigned = `${three}— host.example ${Buffer.alloc(76, 7).toString('base64')}\n`;
    expect(checkpointsIn(JSON.stringify([three, cosigned, three]))).toEqual([three, cosigned]);
  });

  test('are not seen in what only looks similar', () => {
    for (const text of [
      '',
      '{}',
      'null',
      '7',
      three.replace('\n3\n', '\n03\n'),
      three.replace('—', '-'),
      three.slice(0, 60),
    ])
      expect(checkpointsIn(text)).toEqual([]);
  });
});
