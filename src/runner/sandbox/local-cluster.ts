import { chmod, chown, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { errorCode } from '../error-code.ts';
import { Refusal } from '../refusal.ts';
import { HBA_FILE, INSPECTOR_SQL, identFile, RESTORED, SUPERUSER } from './access.ts';
import { withClient } from './connect.ts';
import { networkIsolation } from './isolation.ts';
import { measureMeans } from './means.ts';
import { asServerUser, runnerUser, type ServerUser, serverUser } from './os-user.ts';
import { type Layout, layoutOf, PORT, preparePlace, requirePlace } from './place.ts';
import { identify, postmasterOf } from './processes.ts';
import { readRecord, type SandboxRecord, writeRecord } from './record.ts';
import { removeSandbox } from './remove.ts';
import { type Sandbox, type SandboxEngine, type SandboxRequest, sandboxName } from './sandbox.ts';
import { serverSettings, settingsFile } from './settings.ts';
import { startServer } from './start-server.ts';

/** Names of directories that are not sandboxes yet, or no more. */
export const DRAFT_PREFIX = '.new-';

/** What a rename says when something stands under the name already. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);
const INITDB_TIMEOUT_MS = 120_000;
/** Longer than all steps of an operation together may take. */
const WORK_LIMIT_MS = 24 * 3_600_000;
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Sandboxes as throwaway PostgreSQL clusters of this host, below `base`. */
export function localClusters(base: string): SandboxEngine {
  return {
    create: (request) => createCluster(base, request),
    open: (name) => openCluster(base, name),
    remove: (name) => removeSandbox(base, name),
  };
}

async function createCluster(base: string, request: SandboxRequest): Promise<Sandbox> {
  const name = sandboxName(request.operation);
  requirePlace(base, name);
  await preparePlace(base);
  const user = await serverUser();
  const launch = await networkIsolation(user);
  const record = await draftRecord(name, request, launch.isolated);
  await claimDirectory(base, record);
  const layout = layoutOf(base, name);
  try {
    await makeParts(layout, request, user);
    await initialise(layout, request, user);
    await configure(layout, request, user);
    await startServer({ layout, bin: request.choice.serverBin, user, launch, signal: request.signal });
    const postmaster = await postmasterOf(layout.data);
    await writeRecord(layout.directory, { ...record, postmaster });
    const sandbox = await openCluster(base, name);
    if (!sandbox)
      throw new Refusal(
        'sandbox_start',
        'The sandbox ended right after its start.',
        'Look at the server’s log on the host.',
      );
    await makeRoles(sandbox);
    return sandbox;
  } catch (error) {
    await removeSandbox(base, name);
    request.signal.throwIfAborted();
    throw error;
  }
}

async function openCluster(base: string, name: string): Promise<Sandbox | null> {
  const layout = layoutOf(base, name);
  const record = await readRecord(layout.directory);
  if (!record?.postmaster) return null;
  const running = await postmasterOf(layout.data);
  if (running?.start !== record.postmaster.start) return null;
  const connection = { host: layout.socket, port: PORT, superuser: SUPERUSER, database: RESTORED };
  return { record, directory: layout.directory, connection, clientBin: record.clientBin };
}

async function draftRecord(name: string, request: SandboxRequest, isolated: boolean): Promise<SandboxRecord> {
  const maker = await identify(process.pid);
  if (!maker)
    throw new Refusal('no_proc', 'This host has no /proc.', 'Run Twokey on Linux with /proc mounted.');
  const now = Date.now();
  return {
    version: 1,
    name,
    operation: request.operation,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + WORK_LIMIT_MS).toISOString(),
    extensions: 0,
    profile: request.profile,
    serverVersion: request.choice.server.text,
    clientBin: request.choice.clientBin,
    isolated,
    operatorsGid: request.operatorsGid,
    maker,
    postmaster: null,
  };
}

/** The directory appears under its name together with its record, so that a crash leaves nothing unmarked. */
async function claimDirectory(base: string, record: SandboxRecord): Promise<void> {
  const draft = await mkdtemp(join(base, DRAFT_PREFIX));
  await writeRecord(draft, record);
  await chmod(draft, 0o711);
  try {
    await rename(draft, join(base, record.name));
  } catch (error) {
    await removeSandbox(base, basename(draft));
    if (!TAKEN.has(errorCode(error) ?? '')) throw error;
    throw new Refusal(
      'sandbox_exists',
      `The sandbox ${record.name} exists already.`,
      `Remove it first: it is ${join(base, record.name)} on the host.`,
    );
  }
}

async function makeParts(layout: Layout, request: SandboxRequest, user: ServerUser): Promise<void> {
  await mkdir(layout.configuration);
  await chmod(layout.configuration, 0o755);
  await mkdir(layout.data, { mode: 0o700 });
  await mkdir(layout.socket, { mode: 0o750 });
  await chown(layout.data, user.uid, user.gid);
  try {
    await chown(layout.socket, user.uid, request.operatorsGid);
  } catch {
    throw new Refusal(
      'operators_group',
      `The runner’s user is not in the operators’ group (gid ${request.operatorsGid}).`,
      'Add it to the group and start the runner again.',
    );
  }
  // The setgid bit hands the directory's group on to the socket.
  await chmod(layout.socket, 0o2750);
}

async function initialise(layout: Layout, request: SandboxRequest, user: ServerUser): Promise<void> {
  const args = ['--pgdata', layout.data, '--username', SUPERUSER, '--encoding', 'UTF8', '--no-locale'];
  const access = ['--auth-local', 'peer', '--auth-host', 'reject', '--no-sync', '--no-instructions'];
  const { failed, stderr } = await execa(join(request.choice.serverBin, 'initdb'), [...args, ...access], {
    ...asServerUser(user),
    cwd: '/',
    env: ENVIRONMENT,
    extendEnv: false,
    stdin: 'ignore',
    timeout: INITDB_TIMEOUT_MS,
    cancelSignal: request.signal,
    reject: false,
  });
  if (!failed) return;
  throw new Refusal(
    'sandbox_start',
    `initdb could not make a cluster: ${stderr.trim().split('\n').at(-1) || 'it said nothing'}`,
    `${user.name} must be able to reach ${layout.directory}, and its disk must have room.`,
  );
}

async function configure(layout: Layout, request: SandboxRequest, user: ServerUser): Promise<void> {
  const file = (name: string) => join(layout.configuration, name);
  const settings = {
    data_directory: layout.data,
    hba_file: file('pg_hba.conf'),
    ident_file: file('pg_ident.conf'),
    listen_addresses: '',
    port: PORT,
    unix_socket_directories: socketList(layout.socket),
    unix_socket_permissions: '0770',
    cluster_name: `twokey ${layout.directory.split('/').at(-1)}`,
    lc_messages: 'C',
    ...serverSettings(request.profile, await measureMeans(layout.directory, request.jobs)),
  };
  await writeOpen(file('postgresql.conf'), settingsFile(settings));
  await writeOpen(file('pg_hba.conf'), HBA_FILE);
  const superusers = [runnerUser().name, user.name];
  await writeOpen(file('pg_ident.conf'), identFile(superusers, request.operatorUsers));
}

/** For the server's user to read, whatever the umask; none of it is secret. */
async function writeOpen(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o644);
}

/** The setting is a list: a path with a comma, or in spaces, needs quotes of its own. */
function socketList(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

async function makeRoles(sandbox: Sandbox): Promise<void> {
  await withClient(sandbox, { database: 'postgres' }, async (client) => {
    for (const statement of INSPECTOR_SQL) await client.query(statement);
  });
}
