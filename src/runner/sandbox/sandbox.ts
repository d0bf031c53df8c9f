import type { Choice } from './choose.ts';
import type { SandboxRecord } from './record.ts';
import type { Profile } from './settings.ts';

/** A throwaway database server: a local cluster today, a container or a provider's branch by the same shape. */
export interface Sandbox {
  readonly record: SandboxRecord;
  /** Holds everything of this sandbox. */
  readonly directory: string;
  /** How to reach it: there is no TCP, so this is all. */
  readonly connection: SandboxConnection;
  /** `bin` directory of the client programs that fit the backup. */
  readonly clientBin: string;
}

/** What libpq and node-postgres need. The superuser is for the runner alone. */
export interface SandboxConnection {
  /** libpq's `host`: the directory of the unix socket. */
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly database: string;
}

/** What a sandbox is made from. */
export interface SandboxRequest {
  /** The operation's code, `OP-7F3K`; the sandbox has its name in lower case. */
  readonly operation: string;
  readonly choice: Choice;
  readonly profile: Profile;
  /** Parallel workers of the restore, by which memory is shared out. */
  readonly jobs: number;
  /** OS users that may look at what was restored. */
  readonly operatorUsers: readonly string[];
  /** Group that may open the socket. */
  readonly operatorsGid: number;
  readonly signal: AbortSignal;
}

/** One way of making sandboxes. Names are those of `sandboxName`. */
export interface SandboxEngine {
  /** Refuses when one of this name exists. Leaves nothing behind when it fails or is aborted. */
  create(request: SandboxRequest): Promise<Sandbox>;
  /** The running sandbox of this name; null when there is none that answers. */
  open(name: string): Promise<Sandbox | null>;
  /** Stops and removes it, running or half made. Never touches a directory without our record. */
  remove(name: string): Promise<'removed' | 'absent'>;
}

/** `OP-7F3K` → `op-7f3k`: a name that is safe as a directory and short enough for a socket's path. */
export function sandboxName(operation: string): string {
  const name = operation.toLowerCase();
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) throw new Error(`Not the code of an operation: ${operation}`);
  return name;
}
