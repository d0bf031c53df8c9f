import { z } from 'zod';
import { checkBlocks } from '../blocks/blocks.ts';
import { checkView } from '../blocks/view.ts';
import { invalidArguments, SlackError } from '../slack-error.ts';
import { structure } from './fields.ts';
import { type Method, method } from './method.ts';

const argument = structure('invalid_arguments').optional();

export const validate: Readonly<Record<string, Method>> = {
  'blocks.validate': method({
    token: 'any',
    scopes: [],
    args: z.object({ blocks: argument, message: argument, view: argument }),
    run(_call, { blocks, message, view }) {
      const given = [blocks, message, view].filter((value) => value !== undefined);
      if (given.length !== 1)
        throw invalidArguments('must provide exactly one of `blocks`, `view`, or `message`');
      if (blocks !== undefined) return outcome('invalid_blocks', checkBlocks(blocks, 'message'));
      if (view !== undefined) return outcome('invalid_view', checkView(view));
      const inner = z.object({ blocks: z.unknown() }).safeParse(message);
      return outcome('invalid_message', checkBlocks(inner.data?.blocks ?? [], 'message'), '/blocks');
    },
  }),
};

function outcome(
  code: string,
  checked: ReturnType<typeof checkBlocks> | ReturnType<typeof checkView>,
  root = '',
) {
  if (checked.ok) return {};
  throw new SlackError(code, {
    errors: checked.problems.map((problem) => ({ ...problem, pointer: `${root}${problem.pointer}` })),
  });
}
