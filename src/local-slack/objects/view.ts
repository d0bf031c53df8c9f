import { botId } from '../apps.ts';
import type { View } from '../workspace/views.ts';
import { appOf, type Workspace } from '../workspace/workspace.ts';

/** The view as `views.open` answers it and interactions carry it. */
export function viewObject(workspace: Workspace, view: View) {
  const app = appOf(workspace, view.app);
  const { fields } = view;
  return {
    id: view.id,
    team_id: workspace.data.team.id,
    type: fields.type,
    blocks: fields.blocks,
    private_metadata: fields.private_metadata ?? '',
    callback_id: fields.callback_id ?? '',
    external_id: fields.external_id ?? '',
    state: { values: view.values },
    hash: view.hash,
    title: fields.title ?? null,
    submit: fields.submit ?? null,
    close: fields.close ?? null,
    clear_on_close: fields.clear_on_close ?? false,
    notify_on_close: fields.notify_on_close ?? false,
    submit_disabled: fields.submit_disabled ?? false,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
    app_id: app.id,
    app_installed_team_id: workspace.data.team.id,
    bot_id: botId(app),
  };
}
