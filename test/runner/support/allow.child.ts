// `twokey allow` as another user: <user as JSON> <arguments…>
import { CommanderError } from 'commander';
import { z } from 'zod';
import { allowCommand } from '../../../src/cli/allow.ts';
import { dropRoot } from './drop-root.ts';

const User = z.object({ uid: z.int(), gid: z.int(), groups: z.array(z.int()) });
const [user = '', ...args] = process.argv.slice(2);
dropRoot(User.parse(JSON.parse(user)));
try {
  await allowCommand().exitOverride().parseAsync(args, { from: 'user' });
} catch (error) {
  process.exitCode = 2;
  if (!(error instanceof CommanderError)) console.error(error instanceof Error ? error.message : error);
}
