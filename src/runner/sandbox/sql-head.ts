import { Transform } from 'node:stream';

/** Preambles of newer clients that set nothing a restore depends on. */
export const HARMLESS_SETTINGS = [
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'default_table_access_method',
  'row_security',
] as const;

/** The first line of the dump's own statements; everything before it is settings and clearing up. */
const BODY = /^(?:CREATE (?!DATABASE |SCHEMA public;)|COPY |INSERT |COMMENT ON (?!DATABASE )|BEGIN)/;
const DATABASE_STATEMENT = /^(?:CREATE|DROP|ALTER|COMMENT ON) DATABASE /;
const DROP = new RegExp(
  `^DROP (${[
    '(?:FOREIGN |EVENT )?(?:TABLE|TRIGGER)',
    'INDEX|SEQUENCE|(?:MATERIALIZED )?VIEW|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|SCHEMA|EXTENSION',
    'RULE|POLICY|CAST|COLLATION|CONVERSION|OPERATOR(?: CLASS| FAMILY)?|TEXT SEARCH \\w+|FOREIGN DATA WRAPPER',
    'SERVER|PUBLICATION|SUBSCRIPTION|STATISTICS|(?:PROCEDURAL )?LANGUAGE|ACCESS METHOD|TRANSFORM',
  ].join('|')}) (?!IF EXISTS )`,
);

/** What must be changed so that the beginning of a dump works on an empty database of its own. */
export interface HeadChanges {
  /** Of `HARMLESS_SETTINGS`, those that the server does not know. */
  readonly unknownSettings: readonly string[];
}

/**
 * One line of a dump's head for a new, empty database. `pg_dump --create` makes and enters a database:
 * the restore goes into the sandbox's own. `--clean` drops what is not there: it gets the `IF EXISTS` that
 * `--if-exists` would have written. Null leaves the line out.
 */
export function adaptHeadLine(line: string, { unknownSettings }: HeadChanges): string | null {
  if (line.startsWith('\\connect ') || DATABASE_STATEMENT.test(line)) return null;
  const setting = /^SET (\w+) = /.exec(line)?.[1];
  if (setting !== undefined && unknownSettings.includes(setting)) return null;
  if (line === 'CREATE SCHEMA public;') return 'CREATE SCHEMA IF NOT EXISTS public;';
  const unlinked = /^SELECT pg_catalog\.lo_unlink\('(\d+)'\);$/.exec(line)?.[1];
  if (unlinked !== undefined) {
    return `SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '${unlinked}';`;
  }
  if (/^ALTER TABLE (?!IF EXISTS ).*\b(?:DROP|DETACH|DISABLE)\b/.test(line)) {
    return line
      .replace('ALTER TABLE ', 'ALTER TABLE IF EXISTS ')
      .replace(/ DROP CONSTRAINT (?!IF)/, ' DROP CONSTRAINT IF EXISTS ');
  }
  return line.replace(DROP, 'DROP $1 IF EXISTS ');
}

/** A stream that adapts the head of a dump and lets the rest pass untouched, byte for byte. */
export function adaptHead(changes: HeadChanges, first: string): Transform {
  let rest: Buffer = Buffer.alloc(0);
  let inBody = false;
  let leavingOut = '';
  const adapt = (line: string): string => {
    if (leavingOut !== '' || DATABASE_STATEMENT.test(line)) {
      // A comment's text may go over several lines; its statement ends outside quotes.
      leavingOut += line;
      if (/;\s*$/.test(line) && leavingOut.split("'").length % 2 === 1) leavingOut = '';
      return '';
    }
    const adapted = adaptHeadLine(line, changes);
    return adapted === null ? '' : `${adapted}\n`;
  };
  return new Transform({
    construct(done) {
      this.push(first);
      done();
    },
    transform(chunk: Buffer, _encoding, done) {
      if (inBody) return done(null, chunk);
      const bytes = Buffer.concat([rest, chunk]);
      let at = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
        // latin1 keeps every byte as it is, whatever the dump's encoding.
        const line = bytes.toString('latin1', at, end);
        inBody = leavingOut === '' && BODY.test(line);
        if (inBody) break;
        this.push(Buffer.from(adapt(line), 'latin1'));
        at = end + 1;
      }
      rest = bytes.subarray(at);
      if (!inBody) return done();
      const body = rest;
      rest = Buffer.alloc(0);
      return done(null, body);
    },
    flush(done) {
      done(null, rest);
    },
  });
}
