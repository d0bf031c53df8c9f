import type { SourceConfig } from '../../../config/runner-config.ts';
import { readSecret } from '../../../config/secrets.ts';
import { Refusal } from '../../refusal.ts';
import type { DecryptOptions } from '../decrypt.ts';
import { compilePattern, type NameDate, readName } from '../patterns.ts';
import { messageOf } from '../refusals.ts';
import { folderSource } from './folder.ts';
import { s3Source } from './s3.ts';
import type { BackupSource } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SecretError when a source's access keys cannot be read; Refusal `pattern_invalid`. */
export function openSource(config: SourceConfig, environment: Environment): BackupSource {
  requirePatterns(config);
  return config.kind === 'folder' ? folderSource(config) : s3Source(config, environment);
}

function requirePatterns({ name, patterns }: SourceConfig): void {
  try {
    for (const pattern of patterns) compilePattern(pattern, false);
  } catch (error) {
    const hint = `Correct \`patterns\` of the source \`${name}\` in \`runner.yml\`.`;
    throw new Refusal('pattern_invalid', `${messageOf(error)}.`, hint);
  }
}

/** What the source's patterns say of a path as `nameOf` gives it. */
export function dateOfName({ config }: BackupSource, name: string): NameDate {
  const patterns = config.patterns.map((pattern) => compilePattern(pattern, config.encryption !== undefined));
  return readName(name, patterns, config.zone);
}

/** How the source's backups are decrypted; null when they are not encrypted. The key is read at the call. */
export function decryptionOf(
  { encryption }: SourceConfig,
  environment: Environment,
  signal: AbortSignal,
): (() => DecryptOptions) | null {
  if (!encryption) return null;
  return () => ({ encryption, key: readSecret(encryption.key, environment), environment, signal });
}
