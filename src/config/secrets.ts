import { readFileSync } from 'node:fs';
import type { SecretFrom } from './runner-config.ts';

/** A secret that is missing or unusable. Names where it was looked for, never what was found there. */
export class SecretError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.name = 'SecretError';
    this.code = code;
    this.hint = hint;
  }
}

/**
 * The value of a secret, from the given environment or from the env file that the configuration names.
 *
 * @throws SecretError `secret_missing`, `secret_empty` or `secret_file_unreadable`.
 */
export function readSecret(
  { env, file }: SecretFrom,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const value = file ? parseEnvFile(readEnvFile(env, file)).get(env) : environment[env];
  const where = file ? `in ${file}` : "in the runner's environment";
  if (value === undefined) {
    throw new SecretError(
      'secret_missing',
      `\`${env}\` is not set ${where}.`,
      `Set \`${env}\` there, or correct the name in \`runner.yml\`.`,
    );
  }
  if (value === '') {
    throw new SecretError('secret_empty', `\`${env}\` is empty ${where}.`, `Give \`${env}\` its value.`);
  }
  return value;
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=[^\S\n]*(.*)$/;

/**
 * Reads an env file as Docker Compose and python-dotenv do: `#` begins a comment only after white space,
 * double quotes know `\n`, `\"` and `\\`, single quotes nothing. Nothing is ever expanded.
 */
export function parseEnvFile(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, name, raw = ''] = LINE.exec(line) ?? [];
    if (name) values.set(name, unquote(raw));
  }
  return values;
}

function unquote(raw: string): string {
  const single = /^'([^']*)'/.exec(raw)?.[1];
  if (single !== undefined) return single;
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(raw)?.[1];
  if (double !== undefined) {
    return double.replaceAll(/\\(.)/g, (_, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char);
  }
  return raw.replace(/(^|\s)#.*$/, '').trim();
}

function readEnvFile(env: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new SecretError(
      'secret_file_unreadable',
      `The env file ${file}, which should hold \`${env}\`, cannot be read (${code}).`,
      "Correct `file` in `runner.yml`, or give the runner's user the right to read it.",
    );
  }
}
