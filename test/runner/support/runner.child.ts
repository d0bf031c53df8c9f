// `twokey runner` as another user: <user as JSON> <arguments…>
import { z } from 'zod';
import { runnerCommand } from '../../../src/cli/runner.ts';
import { dropRoot } from './drop-root.ts';

const User = z.object({ uid: z.int(), gid: z.int(), groups: z.array(z.int()) });
const [user = '', ...args] = process.argv.slice(2);
dropRoot(User.parse(JSON.parse(user)));
await runnerCommand().parseAsync(args, { from: 'user' });
