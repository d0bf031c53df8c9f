import { z } from 'zod';
import { type ExportHeader, type ExportLine, parseExportHeader, parseExportLine } from '../export.ts';
import { parseVkey } from '../note.ts';
import { checkOwnHead, checkWitnesses, witnessedHeads } from './heads.ts';
import type { Problem } from './problem.ts';
import { checkRecord } from './record.ts';
import { refused, type Trust, type Verdict, verdictOf } from './verdict.ts';
import { type Keys, report, reportLost, startWalk, type Walk } from './walk.ts';

/**
 * Verifies an export line by line, in one pass and in memory that grows with the operations only. Needs
 * neither the database nor the network. Never throws for what the lines say: that becomes a problem.
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  trust: Trust = {},
): Promise<Verdict> {
  let walk: Walk | null = null;
  for await (const line of lines) {
    if (walk === null) {
      const opened = open(line, trust);
      if ('code' in opened) return refused(opened, trust);
      walk = opened;
    } else readLine(walk, line);
    if (!walk.ended) walk.sum.update(`${line}\n`);
    walk.lines += 1;
  }
  return walk === null ? refused(notAnExport('The file is empty'), trust) : verdictOf(walk, trust);
}

function open(line: string, trust: Trust): Walk | Problem {
  const header = headerOf(line);
  if ('code' in header) return header;
  const [first, ...more] = trust.keys ?? [];
  const keys: Keys | Problem = first === undefined ? statedKeys(header) : [first, ...more];
  if ('code' in keys) return keys;
  const stranger = keys.find(({ name }) => name !== header.log);
  if (stranger !== undefined)
    return {
      code: 'other_log',
      line: 1,
      text: `The file is of the log ${header.log}, the key is of ${stranger.name}`,
    };
  return startWalk(header, keys, witnessedHeads(trust.witnesses ?? [], keys));
}

function readLine(walk: Walk, text: string): void {
  const line = walk.ended ? null : lineOrProblem(walk, text);
  if (walk.ended)
    report(walk, { code: 'bad_line', line: walk.lines + 1, text: 'The file goes on after its end line' });
  else if (line?.kind === 'record') {
    checkWitnesses(walk);
    checkRecord(walk, line);
  } else if (line?.kind === 'checkpoint') checkOwnHead(walk, line.checkpoint);
  else if (line?.kind === 'statement') walk.statements += 1;
  else if (line?.kind === 'end') checkEnd(walk, line);
}

function checkEnd(walk: Walk, end: { lines: number; sha256: string }): void {
  walk.ended = true;
  if (end.lines === walk.lines && end.sha256 === walk.sum.copy().digest('hex')) return;
  if (walk.problems.length > 0) return;
  report(walk, {
    code: 'file_changed',
    text:
      "The file's own checksum does not fit, though its records do: the header's time, a checkpoint, " +
      'a statement or the end line was changed, removed or added after the export',
  });
}

function headerOf(line: string): ExportHeader | Problem {
  try {
    return parseExportHeader(line);
  } catch (error) {
    return notAnExport(whyUnread(error));
  }
}

function statedKeys(header: ExportHeader): Keys | Problem {
  try {
    const [first, ...more] = header.vkeys.map(parseVkey);
    return first === undefined ? notAnExport('It names no key') : [first, ...more];
  } catch (error) {
    return notAnExport(whyUnread(error));
  }
}

function lineOrProblem(walk: Walk, text: string): ExportLine | null {
  try {
    return parseExportLine(text);
  } catch (error) {
    const problem = {
      code: 'bad_line',
      line: walk.lines + 1,
      text: `Line ${walk.lines + 1}: ${whyUnread(error)}`,
    } as const;
    if (/^\{"(checkpoint|sha256|end)"/.test(text) || walk.next >= walk.header.size) report(walk, problem);
    else {
      reportLost(walk, { ...problem, index: walk.next });
      walk.next += 1;
    }
    return null;
  }
}

function notAnExport(why: string): Problem {
  return { code: 'not_an_export', line: 1, text: `Not an audit export: ${why}` };
}

function whyUnread(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON';
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'the line'}: ${message}`).join('; ');
  if (error instanceof Error) return error.message;
  throw error;
}
