import { basics } from './basics.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import { history } from './history.ts';
import type { Method } from './method.ts';
import { reactions } from './reactions.ts';
import { users } from './users.ts';
import { validate } from './validate.ts';
import { views } from './views.ts';

/** Every method of the Web API that the local Slack knows, by name. Others answer `unknown_method`. */
export const methods: Readonly<Record<string, Method>> = {
  ...basics,
  ...users,
  ...conversations,
  ...history,
  ...chat,
  ...reactions,
  ...files,
  ...views,
  ...validate,
};
