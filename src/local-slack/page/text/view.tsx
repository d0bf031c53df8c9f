import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Glyph } from '../emoji/glyph.tsx';
import { formatDate } from './date.ts';
import { Link } from './link.tsx';
import { ChannelMention, GroupMention, UserMention } from './mention.tsx';
import { parseMrkdwn } from './mrkdwn.ts';
import type { Inline, Part } from './nodes.ts';
import './text.css';

/** Slack's mrkdwn, drawn. */
export function Mrkdwn({ text }: { text: string }) {
  const parts = useMemo(() => parseMrkdwn(text), [text]);
  return <Parts parts={parts} />;
}

/** Text with nothing but `:emoji:`, as `plain_text` has it. */
export function PlainText({ text }: { text: string }) {
  const pieces = text.split(/(:[a-z0-9_+-]*[a-z1][a-z0-9_+-]*(?:::skin-tone-[2-6])?:)/);
  return <>{pieces.map((piece, index) => (index % 2 ? <Glyph name={piece.slice(1, -1)} /> : piece))}</>;
}

export function Parts({ parts }: { parts: readonly Part[] }) {
  return <div class="text">{parts.map(drawPart)}</div>;
}

function drawPart(part: Part): JSX.Element {
  switch (part.type) {
    case 'paragraph':
      return <div>{part.children.map(drawInline)}</div>;
    case 'item':
      return (
        <div class="text-item" style={{ '--depth': part.marker.length - part.marker.trimStart().length }}>
          <span>{part.marker.trim()}</span>
          <div>{part.children.map(drawInline)}</div>
        </div>
      );
    case 'list':
      return drawList(part);
    case 'heading':
      return <div class={`text-heading text-heading-${part.level}`}>{part.children.map(drawInline)}</div>;
    case 'quote':
      return <blockquote>{part.parts.map(drawPart)}</blockquote>;
    case 'pre':
      return <pre>{part.text}</pre>;
    case 'rule':
      return <hr />;
    case 'table':
      return drawTable(part.rows);
  }
}

function drawList({ ordered, indent, start, items }: Extract<Part, { type: 'list' }>) {
  const entries = items.map((item) => <li>{item.map(drawInline)}</li>);
  const style = { '--depth': indent };
  if (!ordered)
    return (
      <ul class={`text-list text-list-${indent % 3}`} style={style}>
        {entries}
      </ul>
    );
  return (
    <ol
      class="text-list"
      style={style}
      start={start}
      type={indent % 3 === 1 ? 'a' : indent % 3 === 2 ? 'i' : '1'}
    >
      {entries}
    </ol>
  );
}

function drawTable([head = [], ...rows]: readonly (readonly (readonly Inline[])[])[]) {
  return (
    <table class="text-table">
      <thead>
        <tr>
          {head.map((cell) => (
            <th scope="col">{cell.map(drawInline)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td>{cell.map(drawInline)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function drawInline(node: Inline): JSX.Element | string {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'bold':
      return <b>{node.children.map(drawInline)}</b>;
    case 'italic':
      return <i>{node.children.map(drawInline)}</i>;
    case 'strike':
      return <s>{node.children.map(drawInline)}</s>;
    case 'code':
      return <code>{node.text}</code>;
    case 'link':
      return <Link url={node.url}>{node.children.map(drawInline)}</Link>;
    case 'user':
      return <UserMention id={node.id} label={node.label} />;
    case 'channel':
      return <ChannelMention id={node.id} label={node.label} />;
    case 'group':
      return <GroupMention id={node.id} label={node.label} />;
    case 'broadcast':
      return <span class="mention mention-me">@{node.range.replace(/^@/, '')}</span>;
    case 'date': {
      const shown = formatDate(node.at, node.format) || node.fallback;
      const time = (
        <time
          dateTime={new Date(node.at * 1000).toISOString()}
          title={new Date(node.at * 1000).toLocaleString()}
        >
          {shown}
        </time>
      );
      return node.url ? <Link url={node.url}>{time}</Link> : time;
    }
    case 'emoji':
      return <Glyph name={node.name} />;
    case 'break':
      return <br />;
  }
}
