import { appOfCommand } from '../apps.ts';
import type { Outcome } from '../delivery/parcel.ts';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import type { Channel } from '../workspace/channels.ts';
import type { User } from '../workspace/data.ts';
import { post } from '../workspace/messages.ts';
import { createResponseUrl } from '../workspace/response-urls.ts';
import { createTrigger } from '../workspace/triggers.ts';
import type { WorldApp } from '../world.ts';
import { isForAll, showAnswer } from './answer.ts';
import { encodeCommandText } from './markup.ts';

export interface CommandOutcome {
  /** `failed` when the person was shown an error. */
  readonly outcome: 'acknowledged' | 'failed';
  /** `operation_timeout`, `dispatch_failed`, or why the answer could not be shown. */
  readonly error?: string;
  /** What the app acknowledged with. */
  readonly answer?: unknown;
}

/**
 * Splits what was typed into command and text, and finds the app that has it.
 * Throws `unknown_command`, and `command_in_thread` as Slack knows no commands in threads.
 */
export function readCommand(
  slack: Slack,
  typed: string,
  threadTs: string | undefined,
): { app: WorldApp; command: string; text: string } {
  const [command = '', ...words] = typed.trim().split(' ');
  if (threadTs !== undefined) {
    throw new SlackError('command_in_thread', { detail: `${command} is not supported in threads. Sorry!` });
  }
  const app = appOfCommand(slack.workspace, command);
  if (app === undefined || !app.scopes.includes('commands')) {
    throw new SlackError('unknown_command', {
      detail: `${command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
    });
  }
  return { app, command, text: words.join(' ').trim() };
}

/**
 * Sends a command to its app and shows what it answers. No acknowledgement within three seconds shows
 * `operation_timeout`, nobody to take it `dispatch_failed`, to the person alone.
 */
export async function runCommand(
  slack: Slack,
  person: User,
  channel: Channel,
  { app, command, text }: ReturnType<typeof readCommand>,
): Promise<CommandOutcome> {
  const { workspace, delivery } = slack;
  const { team } = workspace.data;
  const target = {
    app: app.id,
    channel: channel.id,
    user: person.id,
    original: undefined,
    threadTs: undefined,
  };
  const escapes = app.commands.some((candidate) => candidate.command === command && candidate.should_escape);
  const outcome = await delivery.ask(app, {
    kind: 'slash_commands',
    payload: {
      token: 'local-verification-token',
      team_id: team.id,
      team_domain: team.domain,
      channel_id: channel.id,
      channel_name:
        channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name,
      user_id: person.id,
      user_name: person.name,
      command,
      text: escapes ? encodeCommandText(workspace.data, text) : text,
      api_app_id: app.id,
      is_enterprise_install: 'false',
      response_url: `${workspace.origin()}${createResponseUrl(workspace, { ...target, kind: 'commands' })}`,
      trigger_id: createTrigger(workspace, app.id, person.id),
    },
  });
  const error = failureOf(outcome);
  if (error !== undefined) {
    const shown = `${command} failed with the error "${error}"`;
    workspace.publish({ type: 'command_failed', user: person.id, text: shown });
    return { outcome: 'failed', error };
  }
  const answer = outcome.kind === 'acked' ? outcome.body : undefined;
  if (isForAll(answer)) post(workspace, channel, { user: person.id, text: `${command} ${text}`.trim() });
  showAnswer(workspace, target, answer);
  return { outcome: 'acknowledged', ...(answer === undefined ? {} : { answer }) };
}

/** The error that a person is shown when an app did not take a command or an interaction. */
export function failureOf(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'acked':
      return undefined;
    case 'timeout':
    case 'lost':
      return 'operation_timeout';
    case 'undeliverable':
    case 'rejected':
      return 'dispatch_failed';
  }
}
