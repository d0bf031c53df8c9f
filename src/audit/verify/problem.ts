/** What offline verification can come to. */
export type Outcome = 'whole' | 'broken' | 'incomplete';

/** One thing that is wrong, or could not be shown. Texts hold no data of a record. */
export interface Problem {
  readonly code: ProblemCode;
  /** What was seen and, where something can be done, what to do. */
  readonly text: string;
  /** The first record concerned, counted from 0 in the log. */
  readonly index?: number;
  readonly operation?: string;
  readonly seq?: number;
  /** The line of the file, counted from 1, where there is no record to name. */
  readonly line?: number;
}

export type ProblemCode = BrokenCode | GapCode;

/** Each of these makes a log `broken`. */
export type BrokenCode =
  /** The file is not one that `twokey audit export` wrote. */
  | 'not_an_export'
  | 'not_a_receipt'
  | 'bad_line'
  | 'file_cut'
  | 'file_changed'
  /** The bytes of a record do not fit the hash beside them. */
  | 'changed'
  | 'bad_record'
  | 'other_log'
  | 'missing'
  | 'moved'
  /** A record does not follow the one before it in its operation. */
  | 'chain'
  | 'bad_checkpoint'
  /** Records differ from those that a checkpoint was signed over. */
  | 'rewritten'
  /** A checkpoint covers more records than there are. */
  | 'cut_off'
  /** A receipt's record is not under its checkpoint. */
  | 'bad_proof';

/** Each of these makes a log that is not broken `incomplete`. */
export type GapCode = keyof typeof gaps;

const gaps = {
  no_key: true,
  no_witness: true,
  unsigned: true,
} as const;

/** Broken by any fault; incomplete when only something could not be shown. */
export function outcomeOf(problems: readonly Problem[]): Outcome {
  if (problems.length === 0) return 'whole';
  return problems.every(({ code }) => code in gaps) ? 'incomplete' : 'broken';
}

export const noKey: Problem = {
  code: 'no_key',
  text:
    'No key was given to trust. This shows only that the file agrees with itself: whoever made it could have ' +
    "made all of it. Give the log's public key (--key), from a place that the log's server cannot change.",
};

/** @param given how many there were, none of which the log's key had signed. */
export function noWitness(given: number): Problem {
  const what =
    given === 0
      ? 'No checkpoint kept elsewhere was given.'
      : `None of the ${given} checkpoints given is this log's.`;
  return {
    code: 'no_witness',
    text:
      `${what} Records removed from the end together with their checkpoints would not show. ` +
      'Give a Slack export of the audit channel, or the checkpoint archive (--witness).',
  };
}
