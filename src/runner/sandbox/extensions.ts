/** Debian's names where an extension is a package of its own; the rest are in postgresql-contrib's set. */
const PACKAGES: Readonly<Record<string, string>> = {
  postgis: 'postgresql-<major>-postgis-3',
  postgis_raster: 'postgresql-<major>-postgis-3',
  postgis_topology: 'postgresql-<major>-postgis-3',
  vector: 'postgresql-<major>-pgvector',
  pg_cron: 'postgresql-<major>-cron',
  pg_partman: 'postgresql-<major>-partman',
  timescaledb: 'timescaledb-2-postgresql-<major>',
  pgaudit: 'postgresql-<major>-pgaudit',
  hypopg: 'postgresql-<major>-hypopg',
  pg_repack: 'postgresql-<major>-repack',
  plpython3u: 'postgresql-plpython3-<major>',
  plperl: 'postgresql-plperl-<major>',
  pltcl: 'postgresql-pltcl-<major>',
};

/** What to install for an extension that this host lacks. */
export function missingExtension(name = '', major: number | null = null): string {
  const packaged = PACKAGES[name] ?? `postgresql-<major>-${name.replaceAll('_', '-')}`;
  const shown = packaged.replace('<major>', major === null ? '<major>' : String(major));
  return `The database needs the extension ${name}, which this host does not have: install its package (on Debian ${shown}, or see apt-cache search) and restore again.`;
}
