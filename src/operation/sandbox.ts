import { z } from 'zod';
import type { Canonical } from '../audit/canonical.ts';
import type { SandboxLeft } from './operation.ts';

const LeftUp = z.object({ inspect: z.array(z.string()), removedAt: z.string() });

/** What a step's output says of a sandbox left up for inspection; null when it says nothing of the kind. */
export function sandboxLeft(output: Canonical): SandboxLeft | null {
  const left = LeftUp.safeParse(output);
  return left.success ? left.data : null;
}
