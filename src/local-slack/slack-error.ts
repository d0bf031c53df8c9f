/**
 * A refusal as Slack makes it: HTTP 200 with `{ok: false, error: code, ...extra}`. The codes are Slack's own,
 * of the method's reference page.
 */
export class SlackError extends Error {
  override readonly name = 'SlackError';
  readonly code: string;
  /** More fields of the answer, such as `needed` and `provided` of `missing_scope`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** `invalid_arguments` with the messages that Slack puts beside it. */
export function invalidArguments(...messages: string[]): SlackError {
  return new SlackError('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
