/** The first byte and the one after the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Multipart uploads have parts of 8 MB or multiples of it, and S3 serves aligned ranges fastest. */
const RANGE_BYTES = 8 * 1024 * 1024;

/** The ranges that make up `start` to `end`, cut at multiples of 8 MB. */
export function cutIntoRanges(start: number, end: number): Range[] {
  const ranges: Range[] = [];
  for (let at = start; at < end; ) {
    const next = Math.min(end, (Math.floor(at / RANGE_BYTES) + 1) * RANGE_BYTES);
    ranges.push({ start: at, end: next });
    at = next;
  }
  return ranges;
}
