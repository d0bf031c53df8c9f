import { z } from 'zod';

/** How everything that people name in a file is written: targets, roles, runners, policies, arguments. */
export const Name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'lower-case letters, digits and dashes, beginning with a letter, at most 63',
  );
