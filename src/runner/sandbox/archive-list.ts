/** What `pg_restore --list` says of an archive, line by line. */
export interface ArchiveList {
  readonly lines: readonly string[];
  /** The line of the database itself, by which pg_restore can be asked how it was made. */
  readonly databaseLine: string | null;
  /** How many items of table data, and how many that come after it: indexes, constraints, triggers… */
  readonly dataItems: number;
  readonly laterItems: number;
  readonly userMappings: number;
  readonly subscriptions: number;
}

const ENTRY = /^\d+; \d+ \d+ (.*)$/;
/** Types of pg_restore's post-data section. */
const LATER =
  /^(?:INDEX|CONSTRAINT|FK CONSTRAINT|CHECK CONSTRAINT|TRIGGER|RULE|EVENT TRIGGER|POLICY|ROW SECURITY|MATERIALIZED VIEW DATA|STATISTICS|INDEX ATTACH|PUBLICATION|PUBLICATION TABLE|SUBSCRIPTION) /;

/** Reads the list. Names in it may hold anything but line breaks, which pg_restore replaces. */
export function readArchiveList(text: string): ArchiveList {
  const lines = text.split('\n').filter((line) => ENTRY.test(line));
  const kinds = lines.map((line) => ENTRY.exec(line)?.[1] ?? '');
  const count = (is: (kind: string) => boolean) => kinds.filter(is).length;
  return {
    lines,
    databaseLine: lines.find((line) => ENTRY.exec(line)?.[1]?.startsWith('DATABASE - ')) ?? null,
    dataItems: count((kind) => kind.startsWith('TABLE DATA ')),
    laterItems: count((kind) => LATER.test(kind)),
    userMappings: count(isUserMapping),
    subscriptions: count((kind) => kind.startsWith('SUBSCRIPTION ')),
  };
}

/**
 * The list without user mappings, which hold other servers' passwords: with them a restored copy could
 * log in there, for instance when a materialized view over a foreign table is filled.
 */
export function withoutUserMappings({ lines }: ArchiveList): string {
  return `${lines.filter((line) => !isUserMapping(ENTRY.exec(line)?.[1] ?? '')).join('\n')}\n`;
}

/** Types whose owner must be a superuser, unlike that of everything else. */
const SUPERUSERS_OWN = /^(?:EVENT TRIGGER|FOREIGN DATA WRAPPER|PUBLICATION) /;

/** Of the roles, those that own something that only superusers may. Production's superuser has any name. */
export function superuserOwners({ lines }: ArchiveList, roles: readonly string[]): string[] {
  const owned = lines.map((line) => ENTRY.exec(line)?.[1] ?? '').filter((kind) => SUPERUSERS_OWN.test(kind));
  // The owner ends the line and may hold spaces: the longest name that fits is it.
  const longestFirst = [...roles].sort((a, b) => b.length - a.length);
  const owners = owned.map((kind) => longestFirst.find((role) => kind.endsWith(` ${role}`)));
  return roles.filter((role) => owners.includes(role));
}

function isUserMapping(kind: string): boolean {
  return kind.startsWith('USER MAPPING ');
}
