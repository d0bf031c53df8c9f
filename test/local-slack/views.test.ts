import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type AppSocket, type Bench, incident, startBench } from './bench.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const modal = (more: object = {}) => ({
  type: 'modal',
  callback_id: 'confirm',
  title: plain('Type the name'),
  submit: plain('Go'),
  blocks: [
    {
      type: 'input',
      block_id: 'target',
      label: plain('Target'),
      element: { type: 'plain_text_input', action_id: 'name' },
    },
  ],
  ...more,
});

describe('modals', () => {
  let bench: Bench;
  let socket: AppSocket;
  beforeEach(async () => {
    bench = await startBench();
    socket = await bench.socket();
  });
  afterEach(() => bench.close());

  /** A fresh trigger, as a command gives it. */
  const trigger = async () => {
    const result = bench.control.command('U0ANA', incident, '/restore');
    const envelope = await socket.next('slash_commands');
    socket.ack(envelope);
    await result;
    return z.string().parse(envelope.payload?.['trigger_id']);
  };
  const open = async (view: object = modal()) => {
    const answer = await bench.api('views.open', { trigger_id: await trigger(), view });
    return z.object({ view: z.looseObject({ id: z.string(), hash: z.string() }) }).parse(answer).view;
  };
  const filled = { target: { name: { type: 'plain_text_input', value: 'orders-prod' } } };

  test('open with a trigger, once, within three seconds', async () => {
    const trigger_id = await trigger();
    expect(await bench.api('views.open', { trigger_id, view: modal() })).toMatchObject({
      ok: true,
      view: {
        type: 'modal',
        callback_id: 'confirm',
        state: { values: {} },
        app_id: 'A0TWOKEY',
        previous_view_id: null,
      },
    });
    const again = await bench.api('views.open', { trigger_id, view: modal() });
    expect(again).toMatchObject({ error: 'exchanged_trigger_id' });
    const late = await trigger();
    await bench.control.advanceClock(3100);
    expect(await bench.api('views.open', { trigger_id: late, view: modal() })).toMatchObject({
      error: 'expired_trigger_id',
    });
    expect(await bench.api('views.open', { trigger_id: '1.2.x', view: modal() })).toMatchObject({
      error: 'invalid_trigger_id',
    });
  });

  test('are refused when they are wrong, with what is wrong', async () => {
    expect(
      await bench.api('views.open', { trigger_id: await trigger(), view: { type: 'modal', blocks: [] } }),
    ).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: title [json-pointer:/view]'] },
    });
  });

  test('are submitted with their values; errors keep them open, nothing closes them', async () => {
    const { id } = await open();
    const refused = bench.control.submit('U0ANA', id, filled);
    const first = await socket.next('interactive');
    expect(first.payload).toMatchObject({
      type: 'view_submission',
      user: { id: 'U0ANA' },
      view: { id, state: { values: filled } },
    });
    socket.ack(first, { response_action: 'errors', errors: { target: 'another one' } });
    expect(await refused).toMatchObject({ response_action: 'errors', errors: { target: 'another one' } });
    const taken = bench.control.submit('U0ANA', id, filled);
    socket.ack(await socket.next('interactive'));
    expect(await taken).toEqual({ ok: true });
    await expect(bench.control.submit('U0ANA', id, filled)).rejects.toThrow('view_not_found');
  });

  test('belong to one person', async () => {
    const { id } = await open();
    await expect(bench.control.submit('U0BEN', id, filled)).rejects.toThrow('view_not_found');
  });

  test('stack three deep, and clear closes them all', async () => {
    const { id: root } = await open();
    const push = async () => bench.api('views.push', { trigger_id: await trigger(), view: modal() });
    expect(await push()).toMatchObject({ view: { root_view_id: root, previous_view_id: root } });
    const third = z.object({ view: z.object({ id: z.string() }) }).parse(await push()).view.id;
    expect(await push()).toMatchObject({ error: 'push_limit_reached' });
    const cleared = bench.control.submit('U0ANA', third, filled);
    socket.ack(await socket.next('interactive'), { response_action: 'clear' });
    expect(await cleared).toMatchObject({ response_action: 'clear' });
    expect(await bench.api('views.update', { view_id: root, view: modal() })).toMatchObject({
      error: 'not_found',
    });
  });

  test('are updated by id, and a stale hash is refused', async () => {
    const { id, hash } = await open();
    expect(
      await bench.api('views.update', { view_id: id, hash, view: modal({ callback_id: 'two' }) }),
    ).toMatchObject({
      view: { id, callback_id: 'two' },
    });
    expect(await bench.api('views.update', { view_id: id, hash, view: modal() })).toMatchObject({
      error: 'hash_conflict',
    });
  });

  test('tell of being closed when they asked for it', async () => {
    const { id } = await open(modal({ notify_on_close: true }));
    const closed = bench.control.submit('U0ANA', id, {}, false);
    const envelope = await socket.next('interactive');
    expect(envelope.payload).toMatchObject({ type: 'view_closed', view: { id }, is_cleared: false });
    socket.ack(envelope);
    await closed;
  });

  test('a home tab is published and published again', async () => {
    const home = { type: 'home', blocks: [{ type: 'divider' }] };
    const first = await bench.api('views.publish', { user_id: 'U0ANA', view: home });
    expect(first).toMatchObject({ ok: true, view: { type: 'home' } });
    expect(await bench.api('views.publish', { user_id: 'U0ANA', view: home, hash: 'old' })).toMatchObject({
      error: 'hash_conflict',
    });
    expect(await bench.api('views.publish', { user_id: 'U0ANA', view: modal() })).toMatchObject({
      error: 'invalid_arguments',
    });
  });
});
