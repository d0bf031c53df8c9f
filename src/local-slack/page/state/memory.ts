import { z } from 'zod';

/** What this browser remembers between visits. A browser that refuses storage simply forgets. */
const Memory = z.object({
  as: z.string().optional().catch(undefined),
  theme: z.enum(['auto', 'light', 'dark']).catch('auto'),
  /** 0 is the yellow one, 2 to 6 are Slack's `skin-tone-2` to `skin-tone-6`. */
  skinTone: z.number().int().min(0).max(6).catch(0),
  /** Short name → how often it was used here. */
  emojiUse: z.record(z.string(), z.number()).catch({}),
});
export type Memory = z.infer<typeof Memory>;

const KEY = 'local-slack';

export function remember(change: Partial<Memory>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...change }));
  } catch {
    // A private window may have no storage.
  }
}

export function recall(): Memory {
  let stored: unknown = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    // Unreadable: start from the defaults.
  }
  return Memory.parse(typeof stored === 'object' && stored !== null ? stored : {});
}
