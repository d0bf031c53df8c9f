import { createHmac } from 'node:crypto';

/** Slack's request signature, version 0: HMAC-SHA-256 over `v0:<timestamp>:<body>`. */
export function slackSignature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}
