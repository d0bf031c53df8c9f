import type { Workspace } from './workspace/workspace.ts';
import { botUserId, type WorldApp } from './world.ts';

/** The `B…` id of an app's bot. */
export function botId(app: WorldApp): string {
  return `B${app.id.slice(1)}`;
}

/** True when the app's deliveries go over WebSockets, not to its `request_url`. */
export function usesSocketMode(app: WorldApp): boolean {
  return app.socket_mode ?? app.request_url === undefined;
}

export function appOfBotUser(workspace: Workspace, user: string): WorldApp | undefined {
  return Object.values(workspace.data.apps).find((app) => botUserId(app) === user);
}

/** The app that owns this slash command. Names are global: the newest installation wins. */
export function appOfCommand(workspace: Workspace, command: string): WorldApp | undefined {
  return Object.values(workspace.data.apps).findLast((app) =>
    app.commands.some((candidate) => candidate.command === command),
  );
}
