const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** What a sandbox may use of its host. */
export interface Means {
  /** Memory that is free for it, in bytes: what is available now, not what is built in. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly jobs: number;
}

export type Profile = 'fast' | 'faithful';
export type Settings = Readonly<Record<string, string | number | boolean>>;

/**
 * The server's settings beside paths and access. `fast` gives up durability and writes no WAL for loaded
 * tables, which makes a restore about twice as fast and says nothing about production; `faithful` keeps
 * PostgreSQL's own durable settings.
 */
export function serverSettings(profile: Profile, means: Means): Settings {
  return { ...sizes(means), ...(profile === 'fast' ? fast(means) : { wal_level: 'replica' }) };
}

function sizes({ memoryBytes, jobs }: Means): Settings {
  const buffers = clamp(memoryBytes / 4, 64 * MIB, 8 * GIB);
  const maintenance = clamp((memoryBytes * 0.4) / jobs, 32 * MIB, 2 * GIB);
  return {
    shared_buffers: `${Math.floor(buffers / MIB)}MB`,
    maintenance_work_mem: `${Math.floor(maintenance / MIB)}MB`,
    max_connections: Math.max(40, jobs * 2 + 20),
    max_parallel_maintenance_workers: 2,
    // A killed client's backend must not go on by itself.
    client_connection_check_interval: '2s',
    jit: false,
  };
}

function fast({ diskBytes }: Means): Settings {
  const wal = clamp(diskBytes / 4, 1 * GIB, 32 * GIB);
  return {
    fsync: false,
    full_page_writes: false,
    synchronous_commit: false,
    wal_level: 'minimal',
    max_wal_senders: 0,
    archive_mode: false,
    max_wal_size: `${Math.floor(wal / MIB)}MB`,
    checkpoint_timeout: '1h',
    wal_buffers: '64MB',
    autovacuum: false,
    bgwriter_lru_maxpages: 0,
  };
}

/** `postgresql.conf` with every value quoted, so that no path can end its line or its string. */
export function settingsFile(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quoted(value)}\n`)
    .join('');
}

function quoted(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
