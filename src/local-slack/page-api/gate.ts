import type { NextFunction, Request, Response } from 'express';

/**
 * Lets only pages of this very server in. The page and the control API know no passwords, so a foreign `Host`
 * (DNS rebinding) and a foreign `Origin` (another site in the same browser) are refused.
 */
export function gate(allowedHosts: ReadonlySet<string>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const host = request.headers.host ?? '';
    const { origin } = request.headers;
    if (!allowedHosts.has(hostname(host))) {
      refuse(response, 'foreign_host', `the Host ${host} is not this server's`);
    } else if (origin !== undefined && origin !== `http://${host}`) {
      refuse(response, 'foreign_origin', `requests from ${origin} are not taken`);
    } else {
      next();
    }
  };
}

function refuse(response: Response, error: string, detail: string): void {
  response.status(403).json({ ok: false, error, detail });
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
