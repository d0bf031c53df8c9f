import { parseCheckpoint } from './checkpoint.ts';
import { NoteError } from './note.ts';

/**
 * Every checkpoint in a file that was kept away from the log, in the order found and each once: a Slack
 * export of a channel or thread (in code blocks of messages or in `metadata.event_payload.checkpoint`),
 * another audit export, an archive of checkpoints, or bare notes as text. Nothing is believed here: who
 * signed them is for `verifyExport` to see.
 */
export function checkpointsIn(file: string): string[] {
  return [...new Set(textsOf(file).flatMap(notesIn))];
}

/** The origin, the size, the root, an empty line, and signature lines. */
const note = /(?<![^\n])[^\s+]+\n\d+\n[A-Za-z0-9+/]{43}=\n\n(?:— \S+ [A-Za-z0-9+/]+={0,2}(?:\n|$))+/g;

function notesIn(text: string): string[] {
  return [...unescaped(text).matchAll(note)]
    .map(([match]) => (match.endsWith('\n') ? match : `${match}\n`))
    .filter(isCheckpoint);
}

/** Slack escapes three characters, and may make a link of what looks like an address. */
function unescaped(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('```', '\n')
    .replace(/<https?:\/\/[^|>\n]*\|([^>\n]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function isCheckpoint(text: string): boolean {
  try {
    parseCheckpoint(text);
    return true;
  } catch (error) {
    if (error instanceof NoteError) return false;
    throw error;
  }
}

/** All strings of a JSON file, else those of its lines that are JSON, and the text itself. */
function textsOf(file: string): string[] {
  const whole = jsonOrNull(file);
  if (whole !== null) return stringsOf(whole.json);
  const lines = file.split('\n').flatMap((line) => stringsOf(jsonOrNull(line)?.json));
  return [...lines, file];
}

function stringsOf(json: unknown): string[] {
  if (typeof json === 'string') return [json];
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(stringsOf) : [];
}

function jsonOrNull(text: string): { json: unknown } | null {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
