import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import type { HostTools } from '../host-tools.ts';

const DUMP_MS = 120_000;
/** In UTC, as an archive's head holds local time without saying of where. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** `pg_dump -Fc` into a file. */
export async function dumpCustom(
  tools: HostTools,
  connectionString: string,
  file: string,
  more: readonly string[] = [],
): Promise<void> {
  await execa(join(tools.bin, 'pg_dump'), ['-Fc', '-f', file, ...more, '-d', connectionString], {
    env: ENVIRONMENT,
    extendEnv: false,
    timeout: DUMP_MS,
  });
}

/** `pg_dump | gzip` into a file, by streams of our own: a pipe of a shell would hide a failed dump. */
export async function dumpSqlGz(tools: HostTools, connectionString: string, file: string): Promise<void> {
  const dump = execa(join(tools.bin, 'pg_dump'), ['-d', connectionString], {
    env: ENVIRONMENT,
    extendEnv: false,
    timeout: DUMP_MS,
    buffer: { stdout: false },
  });
  await Promise.all([dump, pipeline(dump.stdout, createGzip({ level: 6 }), createWriteStream(file))]);
}

/** `openssl enc -aes-256-cbc -pbkdf2 -salt`, as backup scripts call it; the key is in no argument. */
export async function encrypt(from: string, to: string, key: string): Promise<void> {
  const named = ['-pass', 'env:BACKUP_ENCRYPTION_KEY', '-in', from, '-out', to];
  await execa('openssl', ['enc', '-aes-256-cbc', '-pbkdf2', '-salt', ...named], {
    env: { ...ENVIRONMENT, BACKUP_ENCRYPTION_KEY: key },
    extendEnv: false,
    timeout: DUMP_MS,
  });
}
