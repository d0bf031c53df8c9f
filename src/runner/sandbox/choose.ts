import type { BackupRef } from '../../actions/backup.ts';
import type { Check } from '../action.ts';
import type { Installation } from './installations.ts';
import { knowsRestrict, type PostgresVersion, parsePostgresVersion } from './version.ts';

/** Older servers lack `pg_read_all_data`, on which the read-only inspection of a sandbox rests. */
const OLDEST_SERVER = 14;

/** The programs that a restore will use. */
export interface Choice {
  readonly serverBin: string;
  readonly server: PostgresVersion;
  readonly clientBin: string;
  readonly client: PostgresVersion;
}

export interface Choosing {
  /** Null when nothing on this host fits; the failed check says what to install. */
  readonly choice: Choice | null;
  readonly checks: readonly Check[];
}

type Dump = Pick<BackupRef, 'format' | 'serverVersion' | 'dumpVersion'>;
interface Side {
  readonly bin: string;
  readonly version: PostgresVersion;
}

/**
 * Chooses a server of the dumped server's major version, else the lowest newer one, never an older one;
 * and client programs that can read the dump.
 */
export function choosePostgres(installations: readonly Installation[], dump: Dump): Choosing {
  const server = chooseServer(installations, dump);
  if (!server.side) return { choice: null, checks: [server.check] };
  const client = chooseClient(installations, dump, server.side);
  const checks = [server.check, client.check];
  if (!client.side) return { choice: null, checks };
  return {
    choice: {
      serverBin: server.side.bin,
      server: server.side.version,
      clientBin: client.side.bin,
      client: client.side.version,
    },
    checks,
  };
}

interface Chosen {
  readonly side: Side | null;
  readonly check: Check;
}

function chooseServer(installations: readonly Installation[], dump: Dump): Chosen {
  const servers = sides(installations, 'server').filter(({ version }) => version.major >= OLDEST_SERVER);
  const seen = servers.map(({ version }) => version.text).join(', ') || 'none';
  const dumped = dump.serverVersion === null ? null : parsePostgresVersion(dump.serverVersion);
  if (dumped === null) return serverOfUnknownDump(servers);
  const side = servers.find(({ version }) => version.major >= dumped.major) ?? null;
  if (!side) {
    const code = servers.length > 0 ? 'backup_newer_major' : 'server_programs';
    const text = `The backup is of PostgreSQL ${dumped.text}; this host can start: ${seen}. Install the package postgresql-${Math.max(dumped.major, OLDEST_SERVER)}, or name its folder under sandbox.postgres.`;
    return { side, check: { code, outcome: 'fail', text } };
  }
  if (side.version.major === dumped.major) {
    const text = `PostgreSQL ${side.version.text} for a backup of ${dumped.text}.`;
    return { side, check: { code: 'server_programs', outcome: 'pass', text } };
  }
  const text = `The backup is of PostgreSQL ${dumped.text}, the nearest server here is ${side.version.text}: the restore will prove the data, not this major version. For an exact match install postgresql-${dumped.major}.`;
  return { side, check: { code: 'server_newer_major', outcome: 'warn', text } };
}

function serverOfUnknownDump(servers: readonly Side[]): Chosen {
  const side = servers.at(-1) ?? null;
  const check: Check = side
    ? {
        code: 'server_version_unknown',
        outcome: 'warn',
        text: `The backup does not say which PostgreSQL it is of; the newest here, ${side.version.text}, is used.`,
      }
    : {
        code: 'server_programs',
        outcome: 'fail',
        text: `No PostgreSQL server of ${OLDEST_SERVER} or newer was found. Install the package postgresql, or name its folder under sandbox.postgres.`,
      };
  return { side, check };
}

function chooseClient(installations: readonly Installation[], dump: Dump, server: Side): Chosen {
  const written = dump.dumpVersion === null ? null : parsePostgresVersion(dump.dumpVersion);
  const fitting = sides(installations, 'client').filter(({ version }) =>
    canRead(version, written, dump.format),
  );
  const side =
    fitting.find(({ bin }) => bin === server.bin) ??
    fitting.find(({ version }) => version.major >= server.version.major) ??
    null;
  if (side) {
    const text = `Client programs ${side.version.text} read this dump.`;
    return { side, check: { code: 'client_programs', outcome: 'pass', text } };
  }
  const need = Math.max(written?.major ?? 0, server.version.major);
  const seen = sides(installations, 'client').map(({ version }) => version.text);
  const because = written
    ? `pg_dump ${written.text} wrote the backup`
    : 'the server needs its own client programs';
  const text = `No fitting pg_restore and psql: ${because}, this host has ${seen.join(', ') || 'none'}. Install or update the package postgresql-client-${need}.`;
  return { side: null, check: { code: 'client_programs', outcome: 'fail', text } };
}

/** A client reads dumps of its own and older majors; psql must also know `\restrict` where the dump has it. */
function canRead(client: PostgresVersion, written: PostgresVersion | null, format: Dump['format']): boolean {
  if (written === null) return true;
  if (client.major < written.major) return false;
  return format !== 'sql' || !knowsRestrict(written) || knowsRestrict(client);
}

function sides(installations: readonly Installation[], kind: 'server' | 'client'): Side[] {
  return installations
    .flatMap((found) => {
      const version = found[kind];
      return version ? [{ bin: found.bin, version }] : [];
    })
    .sort((a, b) => a.version.major - b.version.major || a.version.minor - b.version.minor);
}
