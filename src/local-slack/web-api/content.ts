import { z } from 'zod';
import { checkBlocks } from '../blocks/blocks.ts';
import { type Problem, problemLine } from '../blocks/problem.ts';
import { SlackError } from '../slack-error.ts';
import type { Block, Metadata } from '../workspace/messages.ts';
import { flag, structure, text } from './fields.ts';

/** What a message says: the arguments that chat.* and response URLs share. */
export const contentArguments = {
  text: text.nullish(),
  blocks: structure('invalid_blocks_format').optional(),
  attachments: structure('invalid_attachments').optional(),
  markdown_text: z.string().optional(),
  metadata: structure('invalid_metadata_format').optional(),
  mrkdwn: flag.optional(),
};

export type ContentArguments = z.output<z.ZodObject<typeof contentArguments>>;

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[] | undefined;
  readonly attachments: readonly unknown[] | undefined;
  readonly metadata: Metadata | undefined;
  readonly warnings: readonly string[];
}

const mostText = 40_000;
const mostMarkdown = 12_000;
/** Slack counts a message's blocks as JSON; about this many characters are refused (bolt-js issue 2509). */
const mostBlockCharacters = 13_200;
const mostMetadataCharacters = 8000;

/** Throws `no_text`, `invalid_blocks`, `msg_too_long` and what else Slack has against a message's content. */
export function readContent(args: ContentArguments): Content {
  if (args.markdown_text !== undefined && (args.text || args.blocks))
    throw new SlackError('markdown_text_conflict');
  if ((args.markdown_text?.length ?? 0) > mostMarkdown) throw new SlackError('msg_too_long');
  const blocks = readBlocks(args.blocks);
  const attachments = readAttachments(args.attachments);
  const said = args.text ?? args.markdown_text ?? '';
  if (said === '' && blocks === undefined && attachments === undefined) throw new SlackError('no_text');
  return {
    text: said.slice(0, mostText),
    blocks,
    attachments,
    metadata: readMetadata(args.metadata),
    warnings: said.length > mostText ? ['message_truncated'] : [],
  };
}

/** Checked blocks; undefined when there are none. */
export function readBlocks(value: unknown): readonly Block[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new SlackError('invalid_blocks_format');
  const checked = checkBlocks(value, 'message');
  if (!checked.ok) throw refusal('invalid_blocks', checked.problems, '/blocks');
  if (JSON.stringify(value).length > mostBlockCharacters) throw new SlackError('msg_blocks_too_long');
  return checked.value.length === 0 ? undefined : checked.value;
}

/** `code` with the lines that say what is wrong where. */
export function refusal(code: string, problems: readonly Problem[], root: string): SlackError {
  const errors = problems.map((problem) => problemLine(problem, root));
  return new SlackError(code, {
    errors,
    response_metadata: { messages: errors.map((line) => `[ERROR] ${line}`) },
  });
}

function readAttachments(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new SlackError('invalid_attachments');
  if (value.length > 100) throw new SlackError('too_many_attachments');
  return value.length === 0 ? undefined : value;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const shallow = z.union([scalar, z.array(scalar), z.record(z.string(), scalar)]);
const payload = z.record(z.string(), shallow);

function readMetadata(value: unknown): Metadata | undefined {
  if (value === undefined || value === null) return undefined;
  const outer = z
    .strictObject({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) })
    .safeParse(value);
  if (!outer.success) throw new SlackError('invalid_metadata_format');
  if (!payload.safeParse(outer.data.event_payload).success) throw new SlackError('invalid_metadata_schema');
  if (JSON.stringify(outer.data).length > mostMetadataCharacters) throw new SlackError('metadata_too_large');
  return outer.data;
}
