import { describe, expect, test } from '@jest/globals';
import { groupMessages } from '../../../src/local-slack/page/messages/group.ts';
import { addNotice, reduce } from '../../../src/local-slack/page/state/reduce.ts';
import type { State } from '../../../src/local-slack/page/state/state.ts';
import { message, state, workspace } from './workspace.ts';

const tsOf = ({ timelines }: State, key: string) => timelines[key]?.map(({ ts }) => ts);

describe('what the stream does to the page', () => {
  test('messages stand in order of their time, each once', () => {
    const said = ['3.0', '1.0', '3.0', '2.0'].reduce(
      (now, ts) => reduce(now, { type: 'message', channel: 'C0INC', message: message(ts) }, true),
      state,
    );
    expect(tsOf(said, 'C0INC')).toEqual(['1.0', '2.0', '3.0']);
  });

  test('a reply stands in its open thread, and in the channel only when sent there too', () => {
    const open = { ...state, timelines: { C0INC: [], 'C0INC/1.0': [message('1.0')] } };
    const reply = message('2.0', { thread_ts: '1.0' });
    const told = reduce(open, { type: 'message', channel: 'C0INC', message: reply }, true);
    expect(tsOf(told, 'C0INC')).toEqual([]);
    expect(tsOf(told, 'C0INC/1.0')).toEqual(['1.0', '2.0']);
    const broadcast = { ...reply, subtype: 'thread_broadcast' };
    expect(
      tsOf(reduce(open, { type: 'message', channel: 'C0INC', message: broadcast }, true), 'C0INC'),
    ).toEqual(['2.0']);
  });

  test('a change reaches channel and thread, a deletion too, another channel never', () => {
    const open = {
      ...state,
      timelines: { C0INC: [message('1.0')], 'C0INC/1.0': [message('1.0')], C0OPS: [message('1.0')] },
    };
    const changed = reduce(
      open,
      { type: 'message_changed', channel: 'C0INC', message: message('1.0', { text: 'new' }) },
      true,
    );
    expect(Object.values(changed.timelines).map((list) => list[0]?.text)).toEqual(['new', 'new', 'hi']);
    const deleted = reduce(open, { type: 'message_deleted', channel: 'C0INC', ts: '1.0' }, true);
    expect(Object.values(deleted.timelines).map((list) => list.length)).toEqual([0, 0, 1]);
  });

  test('what is said elsewhere is unread, and counted when it names one', () => {
    const elsewhere = (rest: object) =>
      reduce(state, { type: 'message', channel: 'C0OPS', message: message('1.0', rest) }, true);
    const named = elsewhere({ text: 'see <@U0ANA>' });
    expect(named.workspace?.channels.get('C0OPS')?.unread_count).toBe(1);
    expect(named.mentions).toEqual({ C0OPS: 1 });
    const inBlocks = [{ type: 'rich_text', elements: [{ elements: [{ type: 'user', user_id: 'U0ANA' }] }] }];
    expect(elsewhere({ blocks: inBlocks }).mentions).toEqual({ C0OPS: 1 });
    expect(elsewhere({ user: 'U0ANA' })).toEqual(state);
    expect(elsewhere({ is_ephemeral: true })).toEqual(state);
  });

  test('what is said in the open channel is unread only while nobody looks', () => {
    const event = { type: 'message', channel: 'C0INC', message: message('1.0') } as const;
    expect(reduce(state, event, true).workspace?.channels.get('C0INC')?.unread_count).toBeUndefined();
    expect(reduce(state, event, false).workspace?.channels.get('C0INC')?.unread_count).toBe(1);
  });

  test('views open, are updated in place, stacked and closed', () => {
    const view = (id: string, hash = '') => ({ id, type: 'modal', hash, blocks: [] });
    const opened = reduce(state, { type: 'view', trigger: 'open', view: view('V1') }, true);
    const pushed = reduce(opened, { type: 'view', trigger: 'push', view: view('V2') }, true);
    const updated = reduce(pushed, { type: 'view', trigger: 'update', view: view('V1', 'x') }, true);
    expect(updated.views.map(({ id, hash }) => id + hash)).toEqual(['V1x', 'V2']);
    expect(reduce(updated, { type: 'view', trigger: 'close', view: view('V2') }, true).views).toHaveLength(1);
  });

  test('a failed command is told in the channel that is open, after its newest message', () => {
    const late = { ...state, timelines: { C0INC: [message('9999999999.5')] } };
    const told = reduce(late, { type: 'command_error', text: 'failed' }, true);
    expect(told.notices).toMatchObject([{ channel: 'C0INC', text: 'failed', ts: '9999999999.500000' }]);
    expect(addNotice(state, 'x', undefined)).toBe(state);
  });
});

describe('what stands above a message', () => {
  const heads = (messages: Parameters<typeof groupMessages>[0]) =>
    groupMessages(messages, workspace, 'U0ANA', '0').map(({ head }) => head);

  test('messages of one author within five minutes are one group', () => {
    expect(heads([message('1700000000.0'), message('1700000299.0'), message('1700000700.0')])).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('another author, another name of an app, an ephemeral one or a thread begin anew', () => {
    expect(heads([message('1700000000.0'), message('1700000001.0', { user: 'U0ANA' })])).toEqual([
      true,
      true,
    ]);
    expect(heads([message('1700000000.0'), message('1700000001.0', { username: 'x' })])).toEqual([
      true,
      true,
    ]);
    expect(heads([message('1700000000.0'), message('1700000001.0', { is_ephemeral: true })])).toEqual([
      true,
      true,
    ]);
    expect(heads([message('1700000000.0', { reply_count: 1 }), message('1700000001.0')])).toEqual([
      true,
      true,
    ]);
  });

  test('the red line stands once, before the first unread message of another', () => {
    const messages = [
      message('1700000001.0'),
      message('1700000002.0', { user: 'U0ANA' }),
      message('1700000003.0'),
      message('1700000004.0'),
    ];
    const rows = groupMessages(messages, workspace, 'U0ANA', '1700000001.0');
    expect(rows.map(({ firstNew }) => firstNew)).toEqual([false, false, true, false]);
  });
});
