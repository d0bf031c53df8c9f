import type { WorkspaceData } from '../workspace/data.ts';

/**
 * What a person types, as Slack stores it: `&`, `<` and `>` escaped, mentions of people, groups and channels
 * and web addresses in angle brackets. Mentions already in Slack's form are kept.
 */
export function encodeTyped(data: WorkspaceData, typed: string): string {
  return parts(typed)
    .map(({ token, isMarkup }) => (isMarkup ? token : linked(data, escaped(token), (mention) => mention)))
    .join('');
}

/** As encodeTyped, for a command with `should_escape`: mentions also carry the name. */
export function encodeCommandText(data: WorkspaceData, typed: string): string {
  return parts(typed)
    .map(({ token, isMarkup }) =>
      isMarkup ? token : linked(data, escaped(token), (mention, name) => mention.replace('>', `|${name}>`)),
    )
    .join('');
}

/** Splits text into Slack markup (`<@U…>`, `<#C…>`, `<!subteam^S…>`) and what is between. */
function parts(typed: string): { token: string; isMarkup: boolean }[] {
  const markup =
    /(<(?:@[UW][A-Z0-9]+|#[CGD][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!(?:here|channel|everyone))(?:\|[^<>]*)?>)/;
  return typed.split(markup).map((token, index) => ({ token, isMarkup: index % 2 === 1 }));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function linked(data: WorkspaceData, text: string, named: (mention: string, name: string) => string): string {
  const users = Object.values(data.users);
  const groups = Object.values(data.userGroups);
  const channels = Object.values(data.channels);
  return text
    .replaceAll(/(?<![\p{L}\p{N}.])@([\p{L}\p{N}._-]+)/gu, (whole, name: string) => {
      const user = users.find((candidate) => candidate.name === name);
      if (user !== undefined) return named(`<@${user.id}>`, user.name);
      const group = groups.find((candidate) => candidate.handle === name);
      return group === undefined ? whole : `<!subteam^${group.id}|@${group.handle}>`;
    })
    .replaceAll(/(?<![\p{L}\p{N}&])#([\p{Ll}\p{N}_-]+)/gu, (whole, name: string) => {
      const channel = channels.find((candidate) => candidate.name === name);
      if (channel === undefined) return whole;
      return `<#${channel.id}|${channel.kind === 'public' ? channel.name : ''}>`;
    })
    .replaceAll(/(?<![\p{L}\p{N}<])https?:\/\/[^\s<>]+/gu, (url) => `<${url}>`);
}
