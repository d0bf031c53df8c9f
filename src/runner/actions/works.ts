import type { z } from 'zod';
import { ACTIONS, type ActionName } from '../../actions/registry.ts';
import type { Canonical } from '../../audit/canonical.ts';
import { Json } from '../../operation/plan.ts';
import type { ActionContext, ActionInput, ActionOutput, ActionWork, Check, ProbeVerdict } from '../action.ts';

/** The work of every action that is declared: none missing, none more. */
export type Works = { readonly [Name in ActionName]: ActionWork<Name> };

/** The declarations, seen so that the compiler can follow one name through input, work and output. */
const SCHEMAS: {
  readonly [Name in ActionName]: {
    readonly input: z.ZodType<ActionInput<Name>>;
    readonly output: z.ZodType<ActionOutput<Name>>;
  };
} = ACTIONS;

/** An action's look before anything is planned. @throws ZodError when `input` is not the action's. */
export async function preflightAction<Name extends ActionName>(
  works: Works,
  action: Name,
  input: unknown,
  context: ActionContext,
): Promise<readonly Check[]> {
  return works[action].preflight(SCHEMAS[action].input.parse(input), context);
}

/** Does it. The output is what the action declares, or it is an error. */
export async function runAction<Name extends ActionName>(
  works: Works,
  action: Name,
  input: unknown,
  context: ActionContext,
): Promise<Canonical> {
  const output = await works[action].run(SCHEMAS[action].input.parse(input), context);
  return Json.parse(SCHEMAS[action].output.parse(output));
}

export async function undoAction<Name extends ActionName>(
  works: Works,
  action: Name,
  input: unknown,
  context: ActionContext,
): Promise<void> {
  await works[action].undo(SCHEMAS[action].input.parse(input), context);
}

export async function probeAction<Name extends ActionName>(
  works: Works,
  action: Name,
  input: unknown,
  context: ActionContext,
): Promise<ProbeVerdict> {
  return works[action].probe(SCHEMAS[action].input.parse(input), context);
}

/** What a step of this action put out, read back from the journal. */
export function readOutput<Name extends ActionName>(action: Name, output: Canonical): ActionOutput<Name> {
  return SCHEMAS[action].output.parse(output);
}
