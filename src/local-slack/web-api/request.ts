import busboy from 'busboy';
import type { Request } from 'express';
import { z } from 'zod';
import { SlackError } from '../slack-error.ts';

export interface ReadRequest {
  readonly args: Readonly<Record<string, unknown>>;
  /** From `Authorization: Bearer`, else from the argument `token` of a form or query. */
  readonly token: string | undefined;
  /** The arguments came as JSON, which not every method reads. */
  readonly isJson: boolean;
}

export interface UploadedPart {
  readonly filename: string;
  readonly bytes: Buffer;
}

/**
 * Reads a Web API request as Slack does: query, form, JSON or multipart. Its body must be a Buffer.
 * Throws `invalid_json`, `json_not_object`, `invalid_form_data`, `invalid_post_type`.
 */
export async function readRequest(request: Request): Promise<ReadRequest> {
  const { args, isJson } = await readArguments(request);
  const { token: argument, ...rest } = args;
  const header = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return {
    args: rest,
    token: header ?? (typeof argument === 'string' && !isJson ? argument : undefined),
    isJson,
  };
}

/** The fields and files of a multipart body. Throws `invalid_form_data`. */
export async function readMultipart(
  body: Buffer,
  contentType: string,
): Promise<{ fields: Record<string, string>; parts: UploadedPart[] }> {
  const fields: Record<string, string> = {};
  const parts: UploadedPart[] = [];
  await new Promise<void>((resolve, reject) => {
    const parser = busboy({ headers: { 'content-type': contentType } });
    parser.on('field', (name, value) => {
      fields[name] = value;
    });
    parser.on('file', (_name, stream, { filename }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => parts.push({ filename: filename ?? '', bytes: Buffer.concat(chunks) }));
    });
    parser.on('close', resolve);
    parser.on('error', () => reject(new SlackError('invalid_form_data')));
    parser.end(body);
  });
  return { fields, parts };
}

async function readArguments(request: Request): Promise<{ args: Record<string, unknown>; isJson: boolean }> {
  const query = Object.fromEntries(new URL(request.originalUrl, 'http://local').searchParams);
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) return { args: query, isJson: false };
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('application/json')) {
    return { args: { ...query, ...readJson(body.toString('utf8')) }, isJson: true };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(body.toString('utf8'));
    return { args: { ...query, ...Object.fromEntries(form) }, isJson: false };
  }
  if (contentType.startsWith('multipart/form-data')) {
    const { fields } = await readMultipart(body, contentType);
    return { args: { ...query, ...fields }, isJson: false };
  }
  throw new SlackError('invalid_post_type');
}

function readJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SlackError('invalid_json');
  }
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  if (!object.success) throw new SlackError('json_not_object');
  return object.data;
}
