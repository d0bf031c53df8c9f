const NEWLINE = 10;
const BACKSLASH = 92;
const DOT = 46;

/** Counts the lines of one COPY section up to its `\.`, over any chunking. */
export interface CopyData {
  readonly rows: number;
  /** Bytes of the lines, their newlines included. */
  readonly bytes: number;
  /** Where the section's end is in the buffer, after its `\.` line; -1 when it goes on. */
  push(buffer: Buffer, from: number): number;
}

export function countCopyData(): CopyData {
  let rows = 0;
  let bytes = 0;
  /** The beginning of a line that the last chunk cut. */
  let head = '';
  let cutLength = 0;

  const isEnd = (buffer: Buffer, at: number, newline: number): boolean => {
    if (cutLength > 0)
      return /^\\\.\r?$/.test(head + buffer.toString('latin1', at, Math.min(newline, at + 4)));
    return buffer[at] === BACKSLASH && buffer[at + 1] === DOT && newline - at <= 3;
  };

  return {
    get rows() {
      return rows;
    },
    get bytes() {
      return bytes;
    },
    push: (buffer, from) => {
      let at = from;
      for (let newline = buffer.indexOf(NEWLINE, at); newline >= 0; newline = buffer.indexOf(NEWLINE, at)) {
        if (isEnd(buffer, at, newline)) return newline + 1;
        rows += 1;
        bytes += cutLength + newline + 1 - at;
        at = newline + 1;
        head = '';
        cutLength = 0;
      }
      head += buffer.toString('latin1', at, at + Math.max(0, 4 - head.length));
      cutLength += buffer.length - at;
      return -1;
    },
  };
}
