import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, incident, startBench } from './bench.ts';

describe('bad blocks', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const tooMany = Array.from({ length: 51 }, () => ({ type: 'divider' }));

  test.each(['chat.postMessage', 'chat.postEphemeral', 'chat.update'])(
    'make %s answer invalid_blocks',
    async (method) => {
      const ts = await bench.post('target');
      const args = { channel: incident, user: 'U0ANA', ts, text: 'x', blocks: tooMany };
      expect(await bench.api(method, args)).toEqual({
        ok: false,
        error: 'invalid_blocks',
        errors: ['no more than 50 items allowed [json-pointer:/blocks]'],
        response_metadata: { messages: ['[ERROR] no more than 50 items allowed [json-pointer:/blocks]'] },
      });
      expect((await bench.control.messages(incident)).at(-1)).toMatchObject({ ts, text: 'target' });
    },
  );

  test('blocks.validate says what is wrong, where and why', async () => {
    expect(await bench.api('blocks.validate', { blocks: [{ type: 'divider' }] })).toEqual({ ok: true });
    const wrong = [{ type: 'section', text: { type: 'invalid', text: 'x' } }];
    expect(await bench.api('blocks.validate', { blocks: JSON.stringify(wrong) })).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      errors: [{ code: 'failed_constraint', message: 'unsupported type: invalid', pointer: '/0/text/type' }],
    });
    expect(await bench.api('blocks.validate', { message: { blocks: wrong } })).toMatchObject({
      error: 'invalid_message',
      errors: [{ pointer: '/blocks/0/text/type' }],
    });
    expect(await bench.api('blocks.validate', { view: { type: 'modal', blocks: [] } })).toMatchObject({
      error: 'invalid_view',
    });
    expect(await bench.api('blocks.validate')).toMatchObject({ error: 'invalid_arguments' });
  });
});
