import { randomBytes } from 'node:crypto';
import { SlackError } from '../slack-error.ts';
import { seconds, type Workspace } from './workspace.ts';

/** The right to open one modal for one person, given with a command or an interaction. */
export interface Trigger {
  readonly app: string;
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly used: boolean;
}

const lifetimeMs = 3000;

/** A new trigger id, good once, for three seconds. */
export function createTrigger(workspace: Workspace, app: string, user: string): string {
  const id = `${seconds(workspace)}.${workspace.data.team.id.slice(1)}.${randomBytes(16).toString('hex')}`;
  workspace.data.triggers[id] = { app, user, expires: workspace.now() + lifetimeMs, used: false };
  return id;
}

/** Uses a trigger up. Throws `invalid_trigger_id`, `expired_trigger_id`, `exchanged_trigger_id`. */
export function exchangeTrigger(workspace: Workspace, app: string, id: string): { user: string } {
  const trigger = workspace.data.triggers[id];
  if (trigger === undefined || trigger.app !== app) throw new SlackError('invalid_trigger_id');
  if (trigger.used) throw new SlackError('exchanged_trigger_id');
  if (workspace.now() > trigger.expires) throw new SlackError('expired_trigger_id');
  workspace.data.triggers[id] = { ...trigger, used: true };
  return { user: trigger.user };
}
