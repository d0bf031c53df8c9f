import type { StoredFile } from '../workspace/files.ts';
import { found, type Workspace } from '../workspace/workspace.ts';

interface FileType {
  readonly filetype: string;
  readonly pretty: string;
  readonly mimetype: string;
}

const textTypes: Readonly<Record<string, FileType>> = {
  json: { filetype: 'json', pretty: 'JSON', mimetype: 'application/json' },
  txt: { filetype: 'text', pretty: 'Plain Text', mimetype: 'text/plain' },
  log: { filetype: 'text', pretty: 'Plain Text', mimetype: 'text/plain' },
  md: { filetype: 'markdown', pretty: 'Markdown (raw)', mimetype: 'text/markdown' },
  csv: { filetype: 'csv', pretty: 'CSV', mimetype: 'text/csv' },
  yml: { filetype: 'yaml', pretty: 'YAML', mimetype: 'text/x-yaml' },
  yaml: { filetype: 'yaml', pretty: 'YAML', mimetype: 'text/x-yaml' },
  sql: { filetype: 'sql', pretty: 'SQL', mimetype: 'text/x-sql' },
};
const binaryTypes: Readonly<Record<string, FileType>> = {
  png: { filetype: 'png', pretty: 'PNG', mimetype: 'image/png' },
  jpg: { filetype: 'jpg', pretty: 'JPEG', mimetype: 'image/jpeg' },
  gif: { filetype: 'gif', pretty: 'GIF', mimetype: 'image/gif' },
  pdf: { filetype: 'pdf', pretty: 'PDF', mimetype: 'application/pdf' },
  gz: { filetype: 'gzip', pretty: 'Gzip', mimetype: 'application/gzip' },
};
const unknownType: FileType = { filetype: 'binary', pretty: 'Binary', mimetype: 'application/octet-stream' };
const previewCharacters = 1000;

/** The file as `files.info` gives it. Throws `file_not_found`. */
export function fileObject(workspace: Workspace, id: string) {
  const file = found(workspace.data.files[id], 'file_not_found');
  const { filetype, pretty, mimetype } = typeOf(file.name);
  const { team } = workspace.data;
  const path = `${workspace.origin()}/files/pri/${team.id}-${file.id}`;
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype,
    filetype,
    pretty_type: pretty,
    user: file.user,
    user_team: team.id,
    editable: false,
    size: file.size,
    mode: isText(file.name) ? 'snippet' : 'hosted',
    is_external: false,
    external_type: '',
    is_public: Object.keys(file.shares).length > 0,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: `${path}/${encodeURIComponent(file.name)}`,
    url_private_download: `${path}/download/${encodeURIComponent(file.name)}`,
    permalink: `${workspace.origin()}/files/${file.user}/${file.id}/${encodeURIComponent(file.name)}`,
    comments_count: 0,
    is_starred: false,
    shares: { public: sharesOf(workspace, file) },
    channels: Object.keys(file.shares),
    groups: [],
    ims: [],
    has_more_shares: false,
    has_rich_preview: false,
    file_access: 'visible',
    ...previewOf(file),
  };
}

/** The content type that a file is served with. */
export function mimetypeOf(file: StoredFile): string {
  return typeOf(file.name).mimetype;
}

function sharesOf(workspace: Workspace, file: StoredFile): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(file.shares).map(([channel, times]) => [
      channel,
      times.map((ts) => ({
        reply_users: [],
        reply_users_count: 0,
        reply_count: 0,
        ts,
        channel_name: workspace.data.channels[channel]?.name ?? '',
        team_id: workspace.data.team.id,
        share_user_id: file.user,
      })),
    ]),
  );
}

function previewOf(file: StoredFile): Record<string, unknown> {
  if (!isText(file.name) || file.content === undefined) return {};
  const text = Buffer.from(file.content, 'base64').toString('utf8');
  const preview = text.slice(0, previewCharacters);
  const lines = text.split('\n').length;
  return {
    preview,
    lines,
    lines_more: lines - preview.split('\n').length,
    preview_is_truncated: preview.length < text.length,
  };
}

function typeOf(name: string): FileType {
  const ending = endingOf(name);
  return textTypes[ending] ?? binaryTypes[ending] ?? unknownType;
}

function isText(name: string): boolean {
  return endingOf(name) in textTypes;
}

function endingOf(name: string): string {
  return name.split('.').at(-1)?.toLowerCase() ?? '';
}
