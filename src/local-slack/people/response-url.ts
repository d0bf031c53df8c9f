import express, { type Router } from 'express';
import { z } from 'zod';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import { useResponseUrl } from '../workspace/response-urls.ts';
import { showAnswer } from './answer.ts';

const gone = new Set(['invalid_url', 'expired_url', 'used_url']);

/**
 * The response URLs, `/commands/…` and `/actions/…`. An unknown, expired or used-up one is answered 404 with
 * `{ok: false, error}`; a message that is not good, 400.
 */
export function responseUrls(slack: Slack): Router {
  const router = express.Router();
  router.post(
    /^\/(commands|actions)\//,
    express.text({ type: () => true, limit: '2mb' }),
    (request, response) => {
      const body: unknown = request.body;
      try {
        const message = readBody(typeof body === 'string' ? body : '');
        const target = useResponseUrl(slack.workspace, request.path);
        showAnswer(slack.workspace, target, message);
        slack.traffic.note({ kind: 'response_url', name: target.kind, app: target.app, request: message });
        response.json({ ok: true });
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        const { code, extra } = error;
        slack.traffic.note({ kind: 'response_url', name: 'refused', response: code });
        response.status(gone.has(code) ? 404 : 400).json({ ok: false, error: code, ...extra });
      }
    },
  );
  return router;
}

/** JSON, or a form with `payload`. */
function readBody(text: string): unknown {
  try {
    const payload = new URLSearchParams(text).get('payload');
    return z.record(z.string(), z.unknown()).parse(JSON.parse(payload ?? text));
  } catch {
    throw new SlackError('invalid_payload');
  }
}
