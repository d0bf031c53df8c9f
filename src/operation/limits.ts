/** A plan that fits a thread and a pending file; the longest runbook we replace has 12 steps. */
export const PLAN_STEPS_MAX = 32;
/** Orders are made and used at once; a runner away for longer must be asked again. */
export const ORDER_TTL_MS = 5 * 60_000;
/** `reference` behaviour of Slack: one section of text. */
export const SECTION_TEXT_MAX = 3000;
/** The claim may take this long to read Slack before it counts as "cannot be asked", which means no. */
export const CLAIM_READ_DEADLINE_MS = 5_000;
/** A reading of Slack older than this does not carry a claim. */
export const CLAIM_READ_AGE_MAX_MS = 10_000;
/** Preflight that takes longer reports what is left as `not run`. */
export const PREFLIGHT_BUDGET_MS = 60_000;
/** After it the bot gives up on a preflight that never answered. */
export const PREFLIGHT_DEADLINE_MS = 90_000;
