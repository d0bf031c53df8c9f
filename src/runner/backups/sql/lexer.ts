import { backupCorrupt } from '../refusals.ts';

/** One token of SQL. A string's content is never kept: it may be data. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'symbol';
  readonly text: string;
}

/** What the lexer finds, in the order of the text. */
export interface LexerEvents {
  token(token: Token): void;
  /** `;` outside of any literal. True when COPY data follows the line. */
  statementEnd(): boolean;
  /** A `--` comment's text, cut at 1 KB. */
  comment(text: string): void;
  /** A psql command, from its backslash to the end of the line, cut at 1 KB. */
  meta(text: string): void;
  /** The rest of the buffer belongs to COPY; returns where SQL goes on, or -1 when all was taken. */
  copyData(buffer: Buffer, from: number): number;
}

type State =
  | { readonly in: 'sql' | 'copy-line' | 'copy' | 'skip-line' }
  | { readonly in: 'string'; readonly escapes: boolean }
  | { readonly in: 'block-comment'; depth: number }
  | { readonly in: 'dollar'; readonly end: Buffer };

/** Longer names, tags and comments do not exist in a dump; without a bound a hostile file eats memory. */
const CARRY_MAX = 64 * 1024;
const LINE_KEPT = 1024;

/**
 * Splits SQL into tokens as psql does, over any chunking of the text: quotes, dollar quotes, nested
 * comments, backslash commands and COPY data never fool it.
 */
export function createLexer(events: LexerEvents) {
  let state: State = { in: 'sql' };
  let carry: Buffer = Buffer.alloc(0);
  let standardStrings = true;

  /** Consumes as much as it can decide on; the rest waits for more. */
  const run = (buffer: Buffer, final: boolean): number => {
    let at = 0;
    while (at < buffer.length) {
      const next = step(buffer, at, final);
      if (next === WAIT) return at;
      at = next;
    }
    return at;
  };

  const step = (buffer: Buffer, at: number, final: boolean): number => {
    switch (state.in) {
      case 'sql':
        return inSql(buffer, at, final);
      case 'string':
        return inString(buffer, at, final, state.escapes);
      case 'dollar': {
        const end = buffer.indexOf(state.end, at);
        if (end < 0) return final ? buffer.length : waitNear(buffer, at, state.end.length);
        const after = end + state.end.length;
        state = { in: 'sql' };
        return after;
      }
      case 'block-comment':
        return inBlockComment(buffer, at, final, state);
      case 'skip-line':
      case 'copy-line': {
        const end = buffer.indexOf(NEWLINE, at);
        if (end < 0) return buffer.length;
        state = { in: state.in === 'copy-line' ? 'copy' : 'sql' };
        return end + 1;
      }
      case 'copy': {
        const end = events.copyData(buffer, at);
        if (end < 0) return buffer.length;
        state = { in: 'sql' };
        return end;
      }
    }
  };

  const inSql = (buffer: Buffer, at: number, final: boolean): number => {
    const byte = buffer[at] ?? 0;
    if (byte <= 32) return at + 1;
    if (isWord(byte)) return word(buffer, at, final);
    const following = buffer[at + 1];
    if (following === undefined && !final && LOOKS_AHEAD.has(byte)) return WAIT;
    if (byte === SINGLE) {
      events.token({ kind: 'string', text: '' });
      state = { in: 'string', escapes: !standardStrings };
      return at + 1;
    }
    if (byte === DOUBLE) return quotedName(buffer, at, final);
    if (byte === DASH && following === DASH) return line(buffer, at, final, (text) => events.comment(text));
    if (byte === BACKSLASH) return line(buffer, at, final, (text) => events.meta(text));
    if (byte === SLASH && following === STAR) {
      state = { in: 'block-comment', depth: 1 };
      return at + 2;
    }
    if (byte === DOLLAR) return dollar(buffer, at, final);
    if (byte === SEMICOLON) {
      if (events.statementEnd()) state = { in: 'copy-line' };
      return at + 1;
    }
    events.token({ kind: 'symbol', text: String.fromCharCode(byte) });
    return at + 1;
  };

  const word = (buffer: Buffer, at: number, final: boolean): number => {
    let end = at + 1;
    while (end < buffer.length && isWordPart(buffer[end] ?? 0)) end += 1;
    if (end === buffer.length && !final) return WAIT;
    const text = buffer.toString('utf8', at, end);
    if ((text === 'E' || text === 'e') && buffer[end] === SINGLE) {
      events.token({ kind: 'string', text: '' });
      state = { in: 'string', escapes: true };
      return end + 1;
    }
    events.token({ kind: 'word', text });
    return end;
  };

  const quotedName = (buffer: Buffer, at: number, final: boolean): number => {
    for (let end = buffer.indexOf(DOUBLE, at + 1); end >= 0; end = buffer.indexOf(DOUBLE, end + 2)) {
      if (end + 1 === buffer.length && !final) return WAIT;
      if (buffer[end + 1] === DOUBLE) continue;
      events.token({ kind: 'quoted', text: buffer.toString('utf8', at + 1, end).replaceAll('""', '"') });
      return end + 1;
    }
    return final ? buffer.length : WAIT;
  };

  const inString = (buffer: Buffer, at: number, final: boolean, escapes: boolean): number => {
    const end = buffer.indexOf(SINGLE, at);
    if (escapes) {
      const slash = buffer.indexOf(BACKSLASH, at);
      if (slash >= 0 && (end < 0 || slash < end)) {
        if (slash + 2 <= buffer.length || final) return slash + 2;
        return slash > at ? slash : WAIT;
      }
    }
    if (end < 0) return buffer.length;
    if (end + 1 === buffer.length && !final) return end > at ? end : WAIT;
    // A doubled quote is a quote inside the string.
    if (buffer[end + 1] === SINGLE) return end + 2;
    state = { in: 'sql' };
    return end + 1;
  };

  const inBlockComment = (buffer: Buffer, at: number, final: boolean, comment: { depth: number }): number => {
    if (at + 1 === buffer.length && !final) return WAIT;
    const [byte, following] = [buffer[at], buffer[at + 1]];
    if (byte === SLASH && following === STAR) {
      comment.depth += 1;
      return at + 2;
    }
    if (byte !== STAR || following !== SLASH) return at + 1;
    comment.depth -= 1;
    if (comment.depth === 0) state = { in: 'sql' };
    return at + 2;
  };

  const dollar = (buffer: Buffer, at: number, final: boolean): number => {
    let end = at + 1;
    while (end < buffer.length && isTagPart(buffer[end] ?? 0)) end += 1;
    if (end === buffer.length && !final) return WAIT;
    if (buffer[end] !== DOLLAR) {
      events.token({ kind: 'symbol', text: '$' });
      return at + 1;
    }
    events.token({ kind: 'string', text: '' });
    state = { in: 'dollar', end: Buffer.from(buffer.subarray(at, end + 1)) };
    return end + 1;
  };

  const line = (buffer: Buffer, at: number, final: boolean, tell: (text: string) => void): number => {
    const end = buffer.indexOf(NEWLINE, at);
    if (end < 0 && !final && buffer.length - at < LINE_KEPT) return WAIT;
    tell(buffer.toString('utf8', at, Math.min(end < 0 ? buffer.length : end, at + LINE_KEPT)).trimEnd());
    if (end >= 0) return end + 1;
    state = { in: 'skip-line' };
    return buffer.length;
  };

  const feed = (buffer: Buffer, final: boolean): void => {
    const done = run(buffer, final);
    // A copy: the chunk's own memory may be large, or used again.
    carry = Buffer.from(buffer.subarray(done));
    if (carry.length > CARRY_MAX) throw backupCorrupt('The SQL text holds a name of more than 64 KB.');
  };

  return {
    push: (chunk: Buffer): void => feed(carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk, false),
    /** What the text was in the middle of when it ended. */
    end: (): State['in'] => {
      feed(carry, true);
      return state.in === 'skip-line' ? 'sql' : state.in;
    },
    setStandardStrings: (on: boolean): void => {
      standardStrings = on;
    },
  };
}

const WAIT = -1;
const [NEWLINE, SINGLE, DOUBLE, DOLLAR, STAR, DASH, SLASH, SEMICOLON, BACKSLASH] = [
  10, 39, 34, 36, 42, 45, 47, 59, 92,
];
const LOOKS_AHEAD: ReadonlySet<number> = new Set([45, 47, 36]);

/** Everything of a delimiter's length at the end may be its beginning. */
function waitNear(buffer: Buffer, at: number, delimiterLength: number): number {
  const keep = Math.max(at, buffer.length - delimiterLength + 1);
  return keep > at ? keep : WAIT;
}

function isWord(byte: number): boolean {
  return isTagPart(byte);
}

function isWordPart(byte: number): boolean {
  return isTagPart(byte) || byte === 36;
}

function isTagPart(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte === 95 ||
    byte >= 128
  );
}
