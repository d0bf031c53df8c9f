import type { KnownBlock } from '@slack/web-api';
import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';
import { SECTION_TEXT_MAX } from '../../operation/limits.ts';

/** Slack's three special characters, so that what people and hosts wrote cannot mention or link. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

export function escapedAll(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, escaped(text)]));
}

/** `6.1 MB` */
export function size(bytes: number): string {
  return prettyBytes(bytes);
}

/** `1m 4s`; under ten seconds with a decimal. */
export function duration(ms: number): string {
  return prettyMs(ms, ms < 10_000 ? { secondsDecimalDigits: 1 } : { secondsDecimalDigits: 0 });
}

/** A time that each reader sees in their own zone; the UTC time is what exports show. */
export function time(at: string, format = '{date_short_pretty} {time}'): string {
  return `<!date^${Math.floor(Date.parse(at) / 1000)}^${format}|${at.slice(0, 16).replace('T', ' ')} UTC>`;
}

/** `3 h old`, from whole minutes up to days. */
export function age(at: string, now: string): string {
  const ms = Math.max(0, Date.parse(now) - Date.parse(at));
  return `${prettyMs(ms, { compact: true, verbose: true })} old`;
}

/** `▓▓▓▓▓▓░░░░ 62 %` */
export function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * 10);
  return `${'▓'.repeat(full)}${'░'.repeat(10 - full)} ${Math.floor(share * 100)} %`;
}

export function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text }, expand: true };
}

export function fields(pairs: readonly (readonly [name: string, value: string])[]): KnownBlock {
  return {
    type: 'section',
    fields: pairs.map(([name, value]) => ({ type: 'mrkdwn', text: `*${name}*\n${value}` })),
  };
}

export function context(...texts: readonly string[]): KnownBlock {
  return { type: 'context', elements: texts.map((text) => ({ type: 'mrkdwn', text })) };
}

export function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: true } };
}

/** Lines in as few sections as they fit in: nothing is cut, and only a line longer than a section is broken. */
export function sections(lines: readonly string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const part of lines.flatMap(inPieces)) {
    const last = texts.at(-1);
    const joined = `${last}\n${part}`;
    if (last !== undefined && joined.length <= SECTION_TEXT_MAX) texts[texts.length - 1] = joined;
    else texts.push(part);
  }
  return texts.map(section);
}

function inPieces(line: string): string[] {
  const pieces = line.match(new RegExp(`[\\s\\S]{1,${SECTION_TEXT_MAX}}`, 'g'));
  return pieces ?? [' '];
}
