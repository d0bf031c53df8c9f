import express, { type Router } from 'express';
import { mimetypeOf } from './objects/file.ts';
import type { Slack } from './slack.ts';
import { readMultipart } from './web-api/request.ts';

const largest = '100mb';

/**
 * Uploads to the address that `files.getUploadURLExternal` gave (raw bytes or the first file of a form), and
 * downloads with a bot token that has `files:read`.
 */
export function filesRouter({ workspace }: Slack): Router {
  const router = express.Router();

  router.post(
    '/upload/:ticket',
    express.raw({ type: () => true, limit: largest }),
    async (request, response) => {
      const { ticket } = request.params;
      const file = Object.values(workspace.data.files).find((candidate) => candidate.ticket === ticket);
      if (file === undefined || file.complete) {
        response.status(404).type('text').send('no such upload');
        return;
      }
      const body: unknown = request.body;
      const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const contentType = request.headers['content-type'] ?? '';
      const isForm = contentType.startsWith('multipart/form-data');
      const bytes = isForm ? (await readMultipart(raw, contentType)).parts[0]?.bytes : raw;
      if (bytes === undefined || bytes.length !== file.size) {
        response
          .status(400)
          .type('text')
          .send(`the upload has ${bytes?.length ?? 0} bytes, ${file.size} were announced`);
        return;
      }
      workspace.data.files[file.id] = { ...file, content: bytes.toString('base64') };
      response.type('text').send(`OK - ${bytes.length}`);
    },
  );

  router.get(/^\/pri\/[A-Z0-9]+-(F[A-Z0-9]+)\//, (request, response) => {
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const app = Object.values(workspace.data.apps).find((candidate) => candidate.bot_token === token);
    const file = workspace.data.files[request.params[0] ?? ''];
    if (token === undefined || !app?.scopes.includes('files:read')) {
      // Slack sends those who may not read a file to its sign-in page, not to an error.
      response.redirect(302, '/');
      return;
    }
    if (file?.content === undefined || !file.complete) {
      response.status(404).type('text').send('no such file');
      return;
    }
    response.type(mimetypeOf(file)).send(Buffer.from(file.content, 'base64'));
  });
  return router;
}
