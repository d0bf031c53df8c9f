import { type DestinationStream, type Logger, pino } from 'pino';
import type { RunnerConfig, SecretFrom } from '../config/runner-config.ts';
import { readSecret } from '../config/secrets.ts';
import type { Environment } from './context.ts';

/** Shorter ones would black out half the log, and are no secrets. */
const SECRET_LENGTH_MIN = 6;

/** The runner's log: JSON lines in which no configured secret ever stands, wherever it came from. */
export function runnerLog(
  level: string,
  config: RunnerConfig,
  environment: Environment,
  destination?: DestinationStream,
): Logger {
  const secrets = secretsOf(config, environment);
  return pino(
    {
      level,
      name: 'twokey-runner',
      hooks: {
        streamWrite: (line) => secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line),
      },
    },
    destination ?? process.stdout,
  );
}

/** Each as it is, as JSON writes it, and the password alone of those that are URLs; longest first. */
function secretsOf(config: RunnerConfig, environment: Environment): string[] {
  const values = Object.values(config.targets)
    .flatMap((target) => [
      target.database,
      ...target.backups.flatMap((source) => [
        source.encryption?.key,
        ...(source.kind === 's3' ? [source['access-key-id'], source['secret-access-key']] : []),
      ]),
    ])
    .flatMap((from) => (from === undefined ? [] : secretOf(from, environment)))
    .flatMap((value) => [value, ...passwordOf(value)]);
  const written = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  return [...new Set(written)]
    .filter(({ length }) => length >= SECRET_LENGTH_MIN)
    .sort((a, b) => b.length - a.length);
}

function secretOf(from: SecretFrom, environment: Environment): string[] {
  try {
    return [readSecret(from, environment)];
  } catch {
    return [];
  }
}

function passwordOf(value: string): string[] {
  const password = /^[a-z+0-9]+:\/\/[^/@]*:([^@]*)@/i.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
