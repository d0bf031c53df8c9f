import type { z } from 'zod';

/**
 * What bot and runner both know of an action. The work itself lives in `runner/actions/`, in a file of
 * the same name; the bot sees only this.
 */
export interface ActionDeclaration<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly name: string;
  /** One line for help and plans. */
  readonly summary: string;
  readonly input: Input;
  readonly output: Output;
  /** True when a second run, or a run of the wrong plan, could lose data of the target. */
  readonly destructive: boolean;
  /** Actions that must have ended well earlier in the same operation; the runner enforces it. */
  readonly requires: readonly string[];
  /** What the undo does, for the plan that approvers read; null when there is nothing to undo. */
  readonly undo: string | null;
  /** The longest that a step of this action may take before it is stopped and undone. */
  readonly timeoutMs: number;
}

/** Keeps the exact types of a declaration's schemas while checking its shape. */
export function declareAction<Input extends z.ZodType, Output extends z.ZodType, const Name extends string>(
  declaration: ActionDeclaration<Input, Output> & { readonly name: Name },
): ActionDeclaration<Input, Output> & { readonly name: Name } {
  return Object.freeze(declaration);
}
