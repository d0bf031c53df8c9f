import { z } from 'zod';
import { ACTIONS, type ActionName } from '../actions/registry.ts';
import { PLAN_STEPS_MAX } from '../operation/limits.ts';
import { DraftStep } from '../operation/plan.ts';
import { ARGUMENT_TYPES } from './command.ts';
import { Name } from './name.ts';

/** Every command understands these by itself, so none may declare them. */
export const RESERVED_ARGUMENTS = ['dry-run', 'reason', 'ticket', 'break-glass'] as const;

const actionNames = Object.keys(ACTIONS).filter((name): name is ActionName => Object.hasOwn(ACTIONS, name));

const Argument = z.strictObject({
  type: z.enum(ARGUMENT_TYPES).describe('What it may be'),
  default: z.string().min(1).optional().describe('Taken when it is not given; without one it must be given'),
  summary: z.string().min(1).max(200).optional().describe('One line for the help'),
});

const Step = z.strictObject({
  id: DraftStep.shape.id.describe('Names the step within the command'),
  action: z.enum(actionNames).describe('The work of a runner'),
  title: DraftStep.shape.title.describe('As people read it, on the card and in the progress'),
  with: DraftStep.shape.with.default({}).describe('The input of the action; `$name` stands for an argument'),
  when: z
    .string()
    .regex(/^\$[a-z][a-z0-9-]*$/, 'a flag of this command, such as $seed-data')
    .optional()
    .describe('Leaves the step out of the plan unless this flag is given'),
});

/** What may stand in a file of `commands/`. */
export const CommandFile = z.strictObject({
  command: z
    .string()
    .regex(
      /^\/[a-z][a-z0-9_-]{0,30}( [a-z][a-z0-9-]{0,30}){0,3}$/,
      'a slash command in lower case, such as /reinit or /restore test',
    )
    .describe('What people type, such as /restore test'),
  summary: z.string().min(1).max(200).describe('What it does, in one line'),
  instead: z.string().min(1).max(500).optional().describe('What to prefer to it'),
  when: z.string().min(1).max(500).optional().describe('When it is the right command'),
  docs: z.string().min(1).max(500).optional().describe('Where its runbook stands'),
  args: z.record(Name, Argument).describe('Its arguments, in the order of their positions'),
  policy: Name.describe('The policy that it needs, unless a target overrides it'),
  steps: z.array(Step).min(1).max(PLAN_STEPS_MAX).describe('What is done, in order'),
  example: z.array(z.string().min(1).max(300)).min(1).describe('Lines as people would type them'),
});
export type CommandFile = z.infer<typeof CommandFile>;
