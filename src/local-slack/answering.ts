import type { Request, RequestHandler } from 'express';
import { ZodError, z } from 'zod';
import { SlackError } from './slack-error.ts';

/**
 * Answers with what `act` gives, as JSON. Refusals are answered like Slack's own, with HTTP 200:
 * `{ok: false, error, detail?}`.
 */
export function answering(act: (request: Request) => unknown): RequestHandler {
  return async (request, response) => {
    try {
      response.json(await act(request));
    } catch (error) {
      if (error instanceof SlackError) response.json({ ok: false, error: error.code, ...error.extra });
      else if (error instanceof ZodError) {
        response.json({ ok: false, error: 'invalid_arguments', detail: z.prettifyError(error) });
      } else throw error;
    }
  };
}
