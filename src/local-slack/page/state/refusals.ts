/** What a person is told when Slack's error name alone would not help them. */
const SENTENCES: Readonly<Record<string, string>> = {
  account_inactive: 'This person is deactivated and can no longer act.',
  cant_delete_message: 'Only the author can delete this message.',
  cant_update_message: 'Only the author can edit this message.',
  channel_not_found: 'There is no such channel, or this person cannot see it.',
  dispatch_failed: 'The app could not be reached: it is not connected.',
  is_archived: 'This channel is archived.',
  message_not_found: 'This message no longer exists.',
  not_in_channel: 'This person is not a member of this channel.',
  operation_timeout: 'The app did not answer within three seconds.',
  too_many_emoji: 'This message has as many different reactions as Slack allows.',
  user_not_found: 'There is no such person in this workspace.',
  view_not_found: 'This window was already closed.',
};

/** The server's own words, else ours with the error's name, else the name. */
export function explain(code: string, detail: string | null | undefined): string {
  if (detail) return detail;
  const sentence = SENTENCES[code];
  return sentence ? `${sentence} (\`${code}\`)` : `Slack answered with the error \`${code}\`.`;
}
