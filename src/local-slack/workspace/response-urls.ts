import { randomBytes } from 'node:crypto';
import { SlackError } from '../slack-error.ts';
import { seconds, type Workspace } from './workspace.ts';

/** A URL through which an app may answer one command or interaction. */
export interface ResponseUrl {
  readonly kind: 'commands' | 'actions';
  readonly app: string;
  readonly channel: string;
  readonly user: string;
  /** The message whose button was pressed: what `replace_original` and `delete_original` mean. */
  readonly original: { readonly ts: string; readonly ephemeral: boolean } | undefined;
  readonly threadTs: string | undefined;
  readonly expires: number;
  readonly uses: number;
}

const lifetimeMs = 30 * 60_000;
const mostUses = 5;

/** The path of a new response URL: five uses in thirty minutes. */
export function createResponseUrl(
  workspace: Workspace,
  target: Omit<ResponseUrl, 'expires' | 'uses'>,
): string {
  const secret = randomBytes(18).toString('base64url');
  const path = `/${target.kind}/${workspace.data.team.id}/${seconds(workspace)}/${secret}`;
  workspace.data.responseUrls[path] = { ...target, expires: workspace.now() + lifetimeMs, uses: 0 };
  return path;
}

/** Uses a response URL once. Throws `invalid_url`, `expired_url`, `used_url`. */
export function useResponseUrl(workspace: Workspace, path: string): ResponseUrl {
  const target = workspace.data.responseUrls[path];
  if (target === undefined) throw new SlackError('invalid_url');
  if (workspace.now() > target.expires) throw new SlackError('expired_url');
  if (target.uses >= mostUses) throw new SlackError('used_url');
  workspace.data.responseUrls[path] = { ...target, uses: target.uses + 1 };
  return target;
}
