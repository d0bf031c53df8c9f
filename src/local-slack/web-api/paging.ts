import { SlackError } from '../slack-error.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty when this was the last page. */
  readonly nextCursor: string;
}

interface Bounds {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  readonly usual: number;
  readonly most: number;
}

/** One page of `items`. `keyOf` names an item in the cursor. Throws `invalid_cursor` and `invalid_limit`. */
export function page<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  bounds: Bounds,
): Page<Item> {
  const limit = bounds.limit === undefined || bounds.limit === 0 ? bounds.usual : bounds.limit;
  if (limit < 1) throw new SlackError('invalid_limit');
  const size = Math.min(limit, bounds.most);
  const start = bounds.cursor ? positionAfter(items, keyOf, bounds.cursor) : 0;
  const taken = items.slice(start, start + size);
  const last = taken.at(-1);
  const hasMore = start + size < items.length && last !== undefined;
  return { items: taken, nextCursor: hasMore ? cursorAfter(keyOf(last)) : '' };
}

function cursorAfter(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64');
}

function positionAfter<Item>(items: readonly Item[], keyOf: (item: Item) => string, cursor: string): number {
  const [word, key] = Buffer.from(cursor, 'base64').toString('utf8').split(/:(.*)/s);
  const index = word === 'after' ? items.findIndex((item) => keyOf(item) === key) : -1;
  if (index < 0) throw new SlackError('invalid_cursor');
  return index + 1;
}
