/**
 * The runner's own "no": a stable code, what was seen, and what to do next. Its text is fit for Slack:
 * it holds no secret and no row of a database.
 */
export class Refusal extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.hint = hint;
  }
}
