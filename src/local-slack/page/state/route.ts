/** Where the page is: `#/C0INCIDENT/thread/<ts>?as=U0BEN`. Every state that a test or a picture needs is an address. */
export interface Route {
  readonly as?: string;
  readonly channel?: string;
  /** ts of the thread's parent, when the thread pane is open. */
  readonly thread?: string;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [channel, word, ts] = path.split('/').map(decodeURIComponent);
  const as = new URLSearchParams(query).get('as');
  return {
    ...(as ? { as } : {}),
    ...(channel ? { channel } : {}),
    ...(channel && word === 'thread' && ts ? { thread: ts } : {}),
  };
}

export function formatRoute({ as, channel, thread }: Route): string {
  const path = [channel, ...(thread ? ['thread', thread] : [])]
    .filter((part) => part !== undefined)
    .join('/');
  return `#/${path}${as ? `?${new URLSearchParams({ as })}` : ''}`;
}

/**
 * Reads Slack's permalinks (`/archives/C…/p1700000000000100?thread_ts=…`), so that a link to a message opens here.
 * Undefined for any other address.
 */
export function parsePermalink(address: string): Route | undefined {
  const found = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?(.*))?$/.exec(address);
  if (!found?.[1]) return undefined;
  const thread = new URLSearchParams(found[4] ?? '').get('thread_ts');
  return { channel: found[1], ...(thread ? { thread } : {}) };
}
