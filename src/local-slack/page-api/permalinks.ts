import express, { type Router } from 'express';

/** Sends who opens a permalink (`/archives/C…/p1700000000000100?thread_ts=…`) to that place in the page. */
export function permalinks(): Router {
  const router = express.Router();
  router.get(/^\/archives\/([A-Z0-9]+)\/p\d{16}$/, (request, response) => {
    const thread = request.query['thread_ts'];
    const pane = typeof thread === 'string' ? `/thread/${encodeURIComponent(thread)}` : '';
    response.redirect(302, `/#/${request.params[0]}${pane}`);
  });
  return router;
}
