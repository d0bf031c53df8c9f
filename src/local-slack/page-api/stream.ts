import type { Request, Response } from 'express';
import { messageObject } from '../objects/message.ts';
import { viewObject } from '../objects/view.ts';
import type { Change } from '../workspace/changes.ts';
import { canSee } from '../workspace/channels.ts';
import { messageOf } from '../workspace/messages.ts';
import { channelOf, type Workspace } from '../workspace/workspace.ts';
import { pageChannel } from './boot.ts';
import { ephemeralObject } from './reading.ts';

/** The pages that listen, each as one person. */
export interface Streams {
  open(request: Request, response: Response, viewer: string): void;
  tell(change: Change): void;
  /** Ends every stream: the pages come back and fetch everything anew. */
  restart(): void;
  close(): void;
}

const pingMs = 15_000;

/** Server-Sent Events: each `data:` is one JSON object with a `type`. */
export function createStreams(workspace: Workspace): Streams {
  const open = new Map<Response, string>();
  const ping = setInterval(() => {
    for (const response of open.keys()) send(response, { type: 'ping' });
  }, pingMs);
  ping.unref();
  const restart = () => {
    for (const response of open.keys()) response.end();
  };
  return {
    open(_request, response, viewer) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 1000\n\n');
      open.set(response, viewer);
      response.on('close', () => open.delete(response));
      response.on('error', () => open.delete(response));
    },
    tell(change) {
      for (const [response, viewer] of open) {
        for (const notice of noticesOf(workspace, change, viewer)) send(response, notice);
      }
    },
    restart,
    close() {
      clearInterval(ping);
      restart();
    },
  };
}

/** What a change means for the page of one person; nothing when they don't see it. */
export function noticesOf(workspace: Workspace, change: Change, viewer: string): Record<string, unknown>[] {
  if ('channel' in change && !canSee(workspace, change.channel, viewer)) return [];
  switch (change.type) {
    case 'message_posted':
    case 'message_edited':
    case 'reaction_added':
    case 'reaction_removed':
    case 'thread_grew': {
      const { channel } = change;
      const message = messageObject(workspace, channel, messageOf(channel, change.message.ts), {
        metadata: true,
      });
      return [
        {
          type: change.type === 'message_posted' ? 'message' : 'message_changed',
          channel: channel.id,
          message,
        },
      ];
    }
    case 'message_deleted':
      return [{ type: 'message_deleted', channel: change.channel.id, ts: change.message.ts }];
    case 'ephemeral_posted':
    case 'ephemeral_edited':
    case 'ephemeral_deleted': {
      const { channel, user, message } = change.ephemeral;
      if (user !== viewer) return [];
      if (change.type === 'ephemeral_deleted') return [{ type: 'message_deleted', channel, ts: message.ts }];
      const shown = ephemeralObject(workspace, channelOf(workspace, channel), message);
      return [
        { type: change.type === 'ephemeral_posted' ? 'message' : 'message_changed', channel, message: shown },
      ];
    }
    case 'member_joined':
    case 'member_left':
    case 'channel_changed':
      return [{ type: 'channel', channel: pageChannel(workspace, change.channel, viewer) }];
    case 'view':
      if (change.user !== viewer) return [];
      return [{ type: 'view', trigger: change.trigger, view: viewObject(workspace, change.view) }];
    case 'command_failed':
      return change.user === viewer ? [{ type: 'command_error', text: change.text }] : [];
    default:
      return [];
  }
}

function send(response: Response, notice: Readonly<Record<string, unknown>>): void {
  response.write(`data: ${JSON.stringify(notice)}\n\n`);
}
