import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { checkView } from '../blocks/view.ts';
import { viewObject } from '../objects/view.ts';
import { SlackError } from '../slack-error.ts';
import { exchangeTrigger } from '../workspace/triggers.ts';
import type { View, ViewFields } from '../workspace/views.ts';
import { nextId, userOf, type Workspace } from '../workspace/workspace.ts';
import { refusal } from './content.ts';
import { structure, text } from './fields.ts';
import { type Call, type Method, method } from './method.ts';

const view = structure('invalid_arguments');
const deepest = 3;

export const views: Readonly<Record<string, Method>> = {
  'views.open': method({
    scopes: [],
    args: z.object({ trigger_id: text, view }),
    run(call, args) {
      const fields = modal(args.view);
      const { user } = exchangeTrigger(call.slack.workspace, call.app.id, args.trigger_id);
      return { view: viewObject(call.slack.workspace, show(call, user, fields, 'open')) };
    },
  }),

  'views.push': method({
    scopes: [],
    args: z.object({ trigger_id: text, view }),
    run(call, args) {
      const fields = modal(args.view);
      const { user } = exchangeTrigger(call.slack.workspace, call.app.id, args.trigger_id);
      const below = topView(call.slack.workspace, call.app.id, user);
      if (below === undefined) throw new SlackError('not_found');
      return { view: viewObject(call.slack.workspace, show(call, user, fields, 'push', below)) };
    },
  }),

  'views.update': method({
    scopes: [],
    args: z.object({ view_id: text.optional(), external_id: text.optional(), hash: text.optional(), view }),
    run(call, args) {
      const known = Object.values(call.slack.workspace.data.views).find(
        (candidate) =>
          candidate.app === call.app.id &&
          (args.view_id === undefined
            ? args.external_id !== undefined && candidate.fields.external_id === args.external_id
            : candidate.id === args.view_id),
      );
      if (known === undefined) throw new SlackError('not_found');
      if (args.hash !== undefined && args.hash !== known.hash) throw new SlackError('hash_conflict');
      return {
        view: viewObject(call.slack.workspace, replaceView(call.slack.workspace, known, read(args.view))),
      };
    },
  }),

  'views.publish': method({
    scopes: [],
    args: z.object({ user_id: text, view, hash: text.optional() }),
    run(call, args) {
      const fields = read(args.view);
      if (fields.type !== 'home')
        throw refusal('invalid_arguments', [problem('unsupported type: modal')], '/view');
      const { workspace } = call.slack;
      const user = userOf(workspace, args.user_id).id;
      const known = Object.values(workspace.data.views).find(
        (candidate) =>
          candidate.app === call.app.id && candidate.user === user && candidate.fields.type === 'home',
      );
      if (known === undefined) return { view: viewObject(workspace, show(call, user, fields, 'open')) };
      if (args.hash !== undefined && args.hash !== known.hash) throw new SlackError('hash_conflict');
      return { view: viewObject(workspace, replaceView(workspace, known, fields)) };
    },
  }),
};

/** Puts new fields into an open view and tells the person's page. */
export function replaceView(workspace: Workspace, known: View, fields: ViewFields): View {
  const updated = { ...known, fields, hash: newHash(workspace) };
  workspace.data.views[known.id] = updated;
  workspace.publish({ type: 'view', trigger: 'update', user: known.user, view: updated });
  return updated;
}

/** Shows a new view to `user`, on top of `below` when it is pushed. Throws `push_limit_reached`. */
export function show(
  call: Pick<Call, 'slack' | 'app'>,
  user: string,
  fields: ViewFields,
  trigger: 'open' | 'push',
  below?: View,
): View {
  const { workspace } = call.slack;
  if (below !== undefined && depth(workspace, below) >= deepest) throw new SlackError('push_limit_reached');
  const taken = Object.values(workspace.data.views).some(
    (candidate) => fields.external_id !== undefined && candidate.fields.external_id === fields.external_id,
  );
  if (taken) throw new SlackError('duplicate_external_id');
  const id = nextId(workspace, 'V');
  const opened: View = {
    id,
    app: call.app.id,
    user,
    fields,
    hash: newHash(workspace),
    rootId: below?.rootId ?? id,
    previousId: below?.id,
    values: {},
  };
  workspace.data.views[id] = opened;
  workspace.publish({ type: 'view', trigger, user, view: opened });
  return opened;
}

/** A checked view. Throws `invalid_arguments` with what is wrong where. */
export function read(value: unknown): ViewFields {
  const checked = checkView(value);
  if (!checked.ok) throw refusal('invalid_arguments', checked.problems, '/view');
  return checked.value;
}

function modal(value: unknown): ViewFields {
  const fields = read(value);
  if (fields.type !== 'modal')
    throw refusal('invalid_arguments', [problem('unsupported type: home')], '/view');
  return fields;
}

function problem(message: string) {
  return { code: 'failed_constraint', message, pointer: '/type' } as const;
}

function topView(workspace: Workspace, app: string, user: string): View | undefined {
  return Object.values(workspace.data.views).findLast(
    (candidate) => candidate.app === app && candidate.user === user && candidate.fields.type === 'modal',
  );
}

function depth(workspace: Workspace, top: View): number {
  const below = top.previousId === undefined ? undefined : workspace.data.views[top.previousId];
  return below === undefined ? 1 : 1 + depth(workspace, below);
}

function newHash(workspace: Workspace): string {
  return `${Math.floor(workspace.now() / 1000)}.${randomBytes(4).toString('hex')}`;
}
