import express, { type Router } from 'express';
import { answering } from '../answering.ts';
import { mimetypeOf } from '../objects/file.ts';
import { acts } from '../people/acts.ts';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import { channelOf } from '../workspace/workspace.ts';
import { boot } from './boot.ts';
import { messagesFor } from './reading.ts';
import type { Streams } from './stream.ts';

/** The JSON API of the web page, under `/_page`. */
export function pageApi(slack: Slack, streams: Streams): Router {
  const { workspace } = slack;
  const router = express.Router();
  router.use(express.json({ limit: '2mb' }));

  router.get(
    '/boot',
    answering(({ query }) => boot(workspace, optional(query['as']))),
  );
  router.get(
    '/messages',
    answering(({ query }) => {
      const channel = channelOf(workspace, optional(query['channel']) ?? '');
      return {
        ok: true,
        messages: messagesFor(workspace, channel, optional(query['as']), optional(query['thread_ts'])),
      };
    }),
  );
  router.get('/stream', (request, response) => {
    const viewer = workspace.data.users[optional(request.query['as']) ?? ''];
    if (viewer === undefined) response.json({ ok: false, error: 'user_not_found' });
    else streams.open(request, response, viewer.id);
  });
  router.get('/file/:id', (request, response) => {
    const file = workspace.data.files[request.params.id];
    if (file?.content === undefined || !file.complete) {
      response.status(404).json({ ok: false, error: 'file_not_found' });
      return;
    }
    response.set('content-security-policy', 'sandbox').set('x-content-type-options', 'nosniff');
    response.type(mimetypeOf(file)).send(Buffer.from(file.content, 'base64'));
  });
  router.post(
    '/:act',
    answering(({ params, body }) => {
      const name = String(params['act']);
      const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
      if (act === undefined) throw new SlackError('unknown_act');
      return act(slack, body);
    }),
  );
  return router;
}

/** A query parameter that was given once; `as` of an unknown person is left to whoever reads it. */
function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
