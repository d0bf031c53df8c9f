/**
 * Every "no" and every note that the bot gives people: what happened and what was seen, then what to do
 * next. `{name}` is filled in. docs/messages.md explains each code; a test holds the two together.
 */
export const CATALOGUE = {
  // What was typed
  unknown_command: { text: '`{typed}` is no command of mine.', hint: 'These are: {commands}.' },
  unknown_target: { text: 'I know no target `{typed}`.', hint: 'These are the targets: {targets}.' },
  missing_argument: { text: '`{command}` needs `{argument}`.', hint: 'Such as: `{example}`.' },
  unknown_argument: { text: '`{command}` knows no argument `{typed}`.', hint: 'It takes {arguments}.' },
  argument_twice: { text: '`{argument}` stands there twice.', hint: 'Give it once.' },
  not_supported_yet: { text: '`{argument}` is not built yet for `{command}`.', hint: 'Leave it out.' },
  unknown_operation: { text: 'There is no operation `{typed}`.', hint: '`/ops status` lists the open ones.' },

  // Who may ask
  wrong_channel: { text: 'Operations are not asked for in this channel.', hint: 'Ask in {channels}.' },
  not_a_requester: {
    text: 'You are in none of the roles that may ask for `{command}`: {roles}.',
    hint: 'Ask one of them.',
  },
  slack_silent: {
    text: 'I could not ask Slack who you are ({error}), and when in doubt the answer is no.',
    hint: 'Try again in a minute.',
  },
  already_open: {
    text: '{code} already asks for the same thing.',
    hint: 'Follow it, or cancel it with `/ops cancel {code}`.',
  },
  runner_away: {
    text: 'The runner `{runner}`, which works for `{target}`, is not connected{since}.',
    hint: 'Start it on its host (`twokey runner`), or look at its log; then ask anew. Nothing was started.',
  },

  // The chat key
  own_request: {
    text: 'You asked for {code}, so someone else has to approve it.',
    hint: 'Ask an approver named on the card.',
  },
  not_in_role: {
    text: 'Only members of {roles} decide on {code}, and you are not one now.',
    hint: 'Ask one of them to react.',
  },
  guest: { text: 'Guests cannot decide on {code}.', hint: 'A full member of the role has to react.' },
  bot_account: { text: 'Bots cannot decide on {code}.', hint: 'A person of the role has to react.' },
  stranger: {
    text: 'People of other workspaces cannot decide on {code}.',
    hint: 'A member of this workspace has to react.',
  },
  deactivated: {
    text: 'This account is deactivated and cannot decide on {code}.',
    hint: 'Another member of the role has to react.',
  },
  already_approved: {
    text: 'Your approval of {code} is already counted.',
    hint: 'Take the reaction away to withdraw it.',
  },
  nothing_to_withdraw: {
    text: 'You had not approved {code}, so there is nothing to withdraw.',
    hint: 'Nothing has changed.',
  },
  plan_superseded: { text: 'This is not the newest plan of {code}.', hint: 'Decide on the newest card.' },
  not_in_this_state: {
    text: '{code} is {state} now, so this changes nothing.',
    hint: '`/ops show {code}` says where it stands.',
  },
  not_yours_to_cancel: {
    text: 'Only who asked, its approvers and its operator can cancel {code}.',
    hint: 'Ask {requester}.',
  },

  // The host key
  allowfile_refused: { text: ':key: The host key did not turn: {text}', hint: '{hint}' },
  operator_is_approver: {
    text: '<@{person}> approved {code} in Slack, so another operator has to turn the host key.',
    hint: 'Ask a second operator.',
  },
  challenge_void: {
    text: 'The challenge that was answered is void.',
    hint: 'Run `twokey allow {code}` again.',
  },
  chat_key_gone: {
    text: 'The approvals no longer stand, so nothing was started.',
    hint: 'The card shows who is missing.',
  },
  host_key_missing: {
    text: 'The host key has not been turned.',
    hint: 'Run `twokey allow {code}` on the host.',
  },
  reading_too_old: { text: 'What Slack said is too old to act on.', hint: 'It is being asked again.' },
  claim_waits: {
    text: ':hourglass_flowing_sand: Both keys are turned, but the approvals could not be read again from Slack ({error}), so nothing starts yet.',
    hint: 'I keep asking until the host key expires.',
  },

  // The run
  slack_refused: {
    text: ':warning: Slack refused the {slot} of {code} in <#{channel}>: `{error}`.',
    hint: 'See that the channel is not archived and that I am a member of it; `/ops show {code}` says where it stands.',
  },
  execution_overdue: {
    text: '{code} has run for longer than its policy allows.',
    hint: 'I asked `{runner}` to stop at the next safe point and to undo.',
  },
  order_refused: { text: 'The runner refused: {text}', hint: '{hint}' },
  cancel_sent: {
    text: 'Asked the runner to stop {code} at its next safe point and to undo.',
    hint: 'The thread shows how it goes.',
  },
  not_handled: {
    text: 'Something broke while I did that ({error}).',
    hint: '`/ops status` shows what is under way; my log says why.',
  },
  cancelled: { text: '{code} is cancelled.', hint: 'Nothing was started.' },
  sandbox_refused: { text: 'The sandbox stays as it is: {text}', hint: '{hint}' },
  sandbox_remove: {
    text: 'Asked the host to remove the sandbox of {code}.',
    hint: 'The message changes when it is gone.',
  },
  sandbox_extend: {
    text: 'Asked the host to keep the sandbox of {code} longer.',
    hint: 'The message shows the new time.',
  },
} as const satisfies Record<string, { readonly text: string; readonly hint: string }>;

export type NoteCode = keyof typeof CATALOGUE;

/** The text of a note, ready for Slack. A code that nobody wrote down is a bug, and still says something. */
export function say(code: string, params: Readonly<Record<string, string>>): string {
  const note = isNote(code)
    ? CATALOGUE[code]
    : { text: `Refused: ${code}.`, hint: 'This is a bug; please report it.' };
  return `${fill(note.text, params)} ${fill(note.hint, params)}`;
}

function isNote(code: string): code is NoteCode {
  return Object.hasOwn(CATALOGUE, code);
}

function fill(template: string, params: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}
