const NEWLINE = 0x0a;
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * The lines of a UTF-8 stream, split at line feeds only: `readline` also splits at U+2028, which may
 * stand in a record. The last line counts with or without its line feed.
 *
 * @throws RangeError at a line of more than 64 MiB, which no export has.
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<string, void, undefined> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      yield rest.length === 0
        ? chunk.toString('utf8', from, to)
        : Buffer.concat([...rest, chunk.subarray(from, to)]).toString('utf8');
      rest = [];
      length = 0;
      from = to + 1;
    }
    length += chunk.length - from;
    if (length > LONGEST_LINE) throw new RangeError('A line of the file is longer than 64 MiB');
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (length > 0) yield Buffer.concat(rest).toString('utf8');
}
