import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureHostUsers, type HostUser } from '../../../src/demo/host-users.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { logVkey, OPERATOR, RUNNER } from './world.ts';

const SUPPORT = new URL('.', import.meta.url).pathname;
const LOADER = new URL('../../support/typescript-loader.mjs', import.meta.url).pathname;
const START_MS = 40_000;

/** An operations host of the test's own: real users, a real allow directory, the agent as a process. */
export interface Host {
  readonly gateway: Gateway;
  readonly directory: string;
  readonly allowDirectory: string;
  readonly state: string;
  readonly runner: HostUser;
  readonly operator: HostUser;
  readonly operatorsGid: number;
  /** Starts the agent; resolves when it is ready. */
  start(): Promise<void>;
  /** Ends it, and resolves with its exit code, null when a signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Tells an action what to do from now on; see agent.child.ts. */
  tell(action: string, what: 'fail' | 'hang' | 'rung'): void;
  untell(action: string, what: 'fail' | 'hang' | 'rung'): void;
  /** What the works did, in order. */
  did(): string[];
  /** `twokey allow` as the operator, or as another user. */
  allow(args: readonly string[], user?: HostUser): Promise<{ code: number | undefined; text: string }>;
  /** A file of the operator's in the allow directory, as it should be unless told otherwise. */
  writeAllowfile(name: string, content: string): void;
  /** Names of the allowfiles that lie there. */
  allowfiles(): string[];
  log(): string;
  close(): Promise<void>;
}

/** The tests' own users stay on the machine: other test files use them at the same time. */
export const testUsers = () => ensureHostUsers('twokey-test');

/**
 * @param changes `demo`: the target may use the host key of the runner's own user. `real`: the program
 *   `twokey runner` with the real works, on backups in `<directory>/backups`, instead of scripted ones.
 */
export async function startHost(
  changes: { readonly demo?: boolean; readonly real?: boolean } = {},
): Promise<Host> {
  const users = await testUsers();
  if (users.mode !== 'separate')
    throw new Error('These tests need root: the host key is about several users');
  const { runner, operator, operators } = users;
  const { privateKey: runnerKey } = generateKeyPairSync('ed25519');
  const gateway = await startGateway({ runnerKey });
  const directory = mkdtempSync(join(tmpdir(), 'twokey-host-'));
  chmodSync(directory, 0o755);
  const place = (name: string, mode: number, gid = runner.gid): string => {
    const path = join(directory, name);
    mkdirSync(path);
    chownSync(path, runner.uid, gid);
    chmodSync(path, mode);
    return path;
  };
  const allowDirectory = place('allow', 0o3730, operators.gid);
  const stage = place('stage', 0o700);
  const state = place('state', 0o700);
  const key = join(state, 'runner.pem');
  writeFileSync(key, runnerKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  chownSync(key, runner.uid, runner.gid);
  const config = {
    runner: RUNNER,
    bot: { url: gateway.url, 'order-keys': [gateway.orderKeyText], 'log-key': logVkey },
    key,
    state,
    allow: {
      directory: allowDirectory,
      group: operators.name,
      'file-systems': ['tmpfs', 'ext4', 'xfs', 'btrfs', 'overlay'],
    },
    operators: [{ uid: changes.demo ? runner.uid : operator.uid, slack: OPERATOR }],
    sandbox: { directory: place('sandbox', 0o711) },
    targets: {
      orders: {
        environment: 'production',
        demo: changes.demo ?? false,
        'host-key': changes.demo ? 'same-user' : 'operator',
        backups: [{ name: 'local', kind: 'folder', folder: place('backups', 0o755), patterns: ['*.dump'] }],
        actions: ['backup.fetch', 'sandbox.create', 'sandbox.restore', 'sandbox.verify'],
      },
    },
  };
  let child: { kill(signal: NodeJS.Signals): void; readonly ended: Promise<number | null> } | null = null;
  let log = '';
  const settings = join(directory, 'runner.yml');
  writeFileSync(settings, JSON.stringify(config));
  const program = changes.real
    ? [join(SUPPORT, 'runner.child.ts'), JSON.stringify(runner), '--config', settings]
    : [join(SUPPORT, 'agent.child.ts'), JSON.stringify({ user: runner, config, stage })];
  const flag = (action: string, what: string): string => join(stage, `${action}.${what}`);

  const host: Host = {
    gateway,
    directory,
    allowDirectory,
    state,
    runner,
    operator,
    operatorsGid: operators.gid,
    async start() {
      const started = execa(process.execPath, ['--import', LOADER, ...program], {
        reject: false,
        all: true,
        cleanup: true,
      });
      child = {
        kill: (signal) => void started.kill(signal),
        ended: started.then(({ exitCode }) => exitCode ?? null),
      };
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`The agent did not start in time: ${log}`)), START_MS);
        started.all.on('data', (chunk: Buffer) => {
          log += chunk.toString();
          if (!chunk.toString().includes('ready\n')) return;
          clearTimeout(late);
          resolve();
        });
        void started.then(({ exitCode }) => {
          clearTimeout(late);
          reject(new Error(`The agent ended with ${exitCode}: ${log}`));
        });
      });
    },
    async end(signal) {
      const ending = child;
      child = null;
      ending?.kill(signal);
      return (await ending?.ended) ?? null;
    },
    tell: (action, what) => writeFileSync(flag(action, what), ''),
    untell: (action, what) => rmSync(flag(action, what)),
    did: () =>
      existsSync(join(stage, 'did')) ? readFileSync(join(stage, 'did'), 'utf8').trimEnd().split('\n') : [],
    async allow(args, user = operator) {
      const { exitCode, all } = await execa(
        process.execPath,
        [
          '--import',
          LOADER,
          join(SUPPORT, 'allow.child.ts'),
          JSON.stringify(user),
          ...args,
          '--directory',
          allowDirectory,
        ],
        { reject: false, all: true, stdin: 'ignore', timeout: 30_000 },
      );
      return { code: exitCode, text: all };
    },
    writeAllowfile(name, content) {
      const draft = join(allowDirectory, `.${name}`);
      writeFileSync(draft, content, { mode: 0o644 });
      chownSync(draft, operator.uid, operators.gid);
      renameSync(draft, join(allowDirectory, name));
    },
    allowfiles: () => readdirSync(allowDirectory).filter((name) => !['pending', '.consumed'].includes(name)),
    log: () => log,
    async close() {
      await host.end('SIGKILL');
      await gateway.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return host;
}
