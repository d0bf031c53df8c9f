import { Boot, Message } from '../../../src/local-slack/page/state/model.ts';
import { initialState, type State, workspaceOf } from '../../../src/local-slack/page/state/state.ts';

/** A small workspace as the page knows it. */
export const workspace = workspaceOf(
  Boot.parse({
    team: { id: 'T1', name: 'Orders' },
    users: [
      { id: 'U0ANA', name: 'ana', real_name: 'Ana Duarte', profile: { title: 'On call' } },
      { id: 'U0BEN', name: 'ben', real_name: 'Ben Okafor', profile: { display_name: 'Ben' } },
      { id: 'U0BOT', name: 'twokey', real_name: 'Twokey', is_bot: true },
      { id: 'U0OLD', name: 'olga', real_name: 'Olga Gone', deleted: true },
    ],
    channels: [
      { id: 'C0INC', name: 'incident', members: ['U0ANA', 'U0BEN'] },
      { id: 'C0OPS', name: 'ops', members: ['U0ANA'] },
    ],
    user_groups: [{ id: 'S0DBA', name: 'Approvers', handle: 'db-approvers', users: ['U0BEN'] }],
    apps: [
      {
        id: 'A1',
        name: 'Twokey',
        commands: [
          { command: '/restore', description: 'Restore', usage_hint: 'test <target>' },
          { command: '/reinit', description: 'Reinit' },
        ],
      },
    ],
  }),
);

/** Ana looks at the incident channel, in which nothing was said yet. */
export const state: State = {
  ...initialState,
  workspace,
  route: { as: 'U0ANA', channel: 'C0INC' },
  timelines: { C0INC: [] },
};

export const message = (ts: string, rest: object = {}): Message =>
  Message.parse({ type: 'message', user: 'U0BEN', text: 'hi', ts, ...rest });
