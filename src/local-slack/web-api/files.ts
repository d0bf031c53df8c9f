import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fileObject } from '../objects/file.ts';
import { SlackError } from '../slack-error.ts';
import type { Channel } from '../workspace/channels.ts';
import type { StoredFile } from '../workspace/files.ts';
import { post } from '../workspace/messages.ts';
import { nextId, seconds } from '../workspace/workspace.ts';
import { botUserId } from '../world.ts';
import { joinedChannel } from './access.ts';
import { author } from './chat.ts';
import { readBlocks } from './content.ts';
import { structure, text, wholeNumber } from './fields.ts';
import { type Call, type Method, method } from './method.ts';

const uploads = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

export const files: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': method({
    scopes: ['files:write'],
    json: false,
    args: z.object({
      filename: text,
      length: wholeNumber.pipe(z.int().min(1)),
      alt_txt: text.optional(),
      snippet_type: text.optional(),
    }),
    run({ slack: { workspace }, app, host }, args) {
      const id = nextId(workspace, 'F');
      const ticket = randomBytes(24).toString('base64url');
      workspace.data.files[id] = {
        id,
        app: app.id,
        user: botUserId(app),
        name: args.filename,
        title: args.filename,
        size: args.length,
        created: seconds(workspace),
        ticket,
        content: undefined,
        complete: false,
        shares: {},
      };
      return { upload_url: `http://${host}/files/upload/${ticket}`, file_id: id };
    },
  }),

  'files.completeUploadExternal': method({
    scopes: ['files:write'],
    args: z.object({
      files: structure('invalid_arguments').pipe(uploads),
      channel_id: text.optional(),
      thread_ts: text.optional(),
      initial_comment: text.optional(),
      blocks: structure('invalid_blocks').optional(),
    }),
    run(call, args) {
      const { workspace } = call.slack;
      const uploaded = args.files.map(({ id, title }) => ({
        ...ownUpload(call, id),
        ...(title ? { title } : {}),
      }));
      const channel = args.channel_id === undefined ? undefined : joinedChannel(call, args.channel_id);
      const blocks = readBlocks(args.blocks);
      for (const file of uploaded) workspace.data.files[file.id] = { ...file, complete: true };
      if (channel !== undefined) share(call, channel, uploaded, { ...args, blocks });
      return { files: uploaded.map((file) => fileObject(workspace, file.id)) };
    },
  }),

  'files.info': method({
    scopes: ['files:read'],
    json: false,
    args: z.object({ file: text }),
    run({ slack: { workspace } }, args) {
      if (!workspace.data.files[args.file]?.complete) throw new SlackError('file_not_found');
      return { file: fileObject(workspace, args.file), comments: [], response_metadata: { next_cursor: '' } };
    },
  }),
};

/** The app's own file whose bytes have come. */
function ownUpload(call: Call, id: string): StoredFile {
  const file = call.slack.workspace.data.files[id];
  if (file === undefined || file.app !== call.app.id || file.complete || file.content === undefined) {
    throw new SlackError('file_not_found');
  }
  return file;
}

function share(
  call: Call,
  channel: Channel,
  uploaded: readonly StoredFile[],
  args: {
    thread_ts?: string | undefined;
    initial_comment?: string | undefined;
    blocks: ReturnType<typeof readBlocks>;
  },
): void {
  const { workspace } = call.slack;
  const message = post(workspace, channel, {
    ...author(call),
    text: args.initial_comment ?? '',
    blocks: args.blocks,
    files: uploaded.map((file) => file.id),
    thread_ts: args.thread_ts,
  });
  for (const { id } of uploaded) {
    const file = workspace.data.files[id];
    if (file !== undefined) {
      workspace.data.files[id] = {
        ...file,
        shares: { ...file.shares, [channel.id]: [...(file.shares[channel.id] ?? []), message.ts] },
      };
    }
  }
}
