import { z } from 'zod';
import { botId } from '../apps.ts';
import { invalidArguments } from '../slack-error.ts';
import { type Content, contentArguments, readContent } from '../web-api/content.ts';
import { flag, text } from '../web-api/fields.ts';
import {
  type Draft,
  edit,
  editEphemeral,
  type Message,
  post,
  postEphemeral,
  remove,
} from '../workspace/messages.ts';
import type { ResponseUrl } from '../workspace/response-urls.ts';
import { channelOf, found, type Workspace } from '../workspace/workspace.ts';

/** Where an answer belongs: the conversation, the person who asked, the message that was clicked. */
export type AnswerTarget = Pick<ResponseUrl, 'app' | 'channel' | 'user' | 'original' | 'threadTs'>;

const Answer = z.object({
  ...contentArguments,
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral').catch('ephemeral'),
  replace_original: flag.default(false),
  delete_original: flag.default(false),
  thread_ts: text.optional(),
});

/**
 * Does what an app answered to a command or an interaction, in the acknowledgement or through the response URL:
 * shows a message to the person (the default) or to all, or replaces or deletes the message that was clicked.
 * An empty answer shows nothing. Throws a SlackError when the message is not good.
 */
export function showAnswer(workspace: Workspace, target: AnswerTarget, body: unknown): void {
  if (body === undefined || body === null || body === '') return;
  const parsed = Answer.safeParse(typeof body === 'string' ? { text: body } : body);
  if (!parsed.success) throw invalidArguments('the answer is neither text nor a message');
  const answer = parsed.data;
  const { original } = target;
  if (answer.delete_original) {
    if (original !== undefined) deleteOriginal(workspace, target, original);
    return;
  }
  if (isEmpty(answer)) return;
  const content = readContent(answer);
  const channel = channelOf(workspace, target.channel);
  if (answer.replace_original && original !== undefined) {
    replaceOriginal(workspace, target, original, content);
  } else if (answer.response_type === 'in_channel') {
    post(workspace, channel, draftOf(workspace, target, content, answer.thread_ts));
  } else {
    postEphemeral(workspace, channel, target.user, draftOf(workspace, target, content, answer.thread_ts));
  }
}

/** True when the answer puts a message into the conversation for all. */
export function isForAll(body: unknown): boolean {
  const parsed = Answer.safeParse(body);
  return parsed.success && parsed.data.response_type === 'in_channel' && !isEmpty(parsed.data);
}

/** Such messages are the app's, but have no user: reactions to them carry no `item_user`. */
function draftOf(
  workspace: Workspace,
  target: AnswerTarget,
  content: Content,
  threadTs: string | undefined,
): Draft {
  const app = found(workspace.data.apps[target.app], 'invalid_app_id');
  return {
    subtype: 'bot_message',
    bot_id: botId(app),
    app_id: app.id,
    username: app.name,
    text: content.text,
    blocks: content.blocks,
    attachments: content.attachments,
    metadata: content.metadata,
    thread_ts: threadTs ?? target.threadTs,
  };
}

type Original = NonNullable<AnswerTarget['original']>;

function deleteOriginal(workspace: Workspace, target: AnswerTarget, original: Original): void {
  if (original.ephemeral) editEphemeral(workspace, original.ts, undefined);
  else remove(workspace, channelOf(workspace, target.channel), original.ts);
}

function replaceOriginal(
  workspace: Workspace,
  target: AnswerTarget,
  original: Original,
  content: Content,
): void {
  const patch: Partial<Message> = {
    text: content.text,
    blocks: content.blocks,
    attachments: content.attachments,
  };
  if (original.ephemeral) editEphemeral(workspace, original.ts, patch);
  else edit(workspace, channelOf(workspace, target.channel), original.ts, patch);
}

function isEmpty(answer: z.output<typeof Answer>): boolean {
  return !answer.text && !answer.blocks && !answer.attachments && !answer.markdown_text;
}
