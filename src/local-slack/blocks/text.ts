import { z } from 'zod';

/** `block_id` and `action_id`. */
export const id = z.string().max(255).optional();

/** A plain_text object of at most `most` characters. */
export function plainText(most: number) {
  return z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });
}

/** A mrkdwn object of at most `most` characters. */
export function mrkdwn(most: number) {
  return z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(most),
    verbatim: z.boolean().optional(),
  });
}

/** Either text object, of at most `most` characters. */
export function anyText(most: number) {
  return z.discriminatedUnion('type', [plainText(most), mrkdwn(most)]);
}

export const confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});

const slackFile = z.union([z.strictObject({ id: z.string() }), z.strictObject({ url: z.string() })]);

/** An image is named by its address or by a file in Slack, never by both. */
export const imageSource = { image_url: z.string().max(3000).optional(), slack_file: slackFile.optional() };

export function hasOneSource(image: { image_url?: unknown; slack_file?: unknown }): boolean {
  return (image.image_url === undefined) !== (image.slack_file === undefined);
}

export const option = z.strictObject({
  text: anyText(75),
  value: z.string().max(150),
  description: anyText(75).optional(),
  url: z.string().max(3000).optional(),
});
