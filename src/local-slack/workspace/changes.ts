import type { Channel } from './channels.ts';
import type { User, UserGroup } from './data.ts';
import type { Ephemeral, Message } from './messages.ts';
import type { View } from './views.ts';

/**
 * What happened in the workspace. The only source of events for apps (`delivery/`) and of the stream for the
 * web page (`page-api/`), so that the two can't disagree.
 */
export type Change =
  | { readonly type: 'message_posted'; readonly channel: Channel; readonly message: Message }
  | {
      readonly type: 'message_edited';
      readonly channel: Channel;
      readonly message: Message;
      readonly previous: Message;
    }
  | { readonly type: 'message_deleted'; readonly channel: Channel; readonly message: Message }
  /** Only what is derived from replies has changed: count, users, latest. */
  | { readonly type: 'thread_grew'; readonly channel: Channel; readonly message: Message }
  | {
      readonly type: 'ephemeral_posted' | 'ephemeral_edited' | 'ephemeral_deleted';
      readonly ephemeral: Ephemeral;
    }
  | {
      readonly type: 'reaction_added' | 'reaction_removed';
      readonly channel: Channel;
      readonly message: Message;
      readonly user: string;
      readonly reaction: string;
    }
  | {
      readonly type: 'member_joined' | 'member_left';
      readonly channel: Channel;
      readonly user: string;
      readonly inviter: string | undefined;
    }
  | { readonly type: 'channel_changed'; readonly channel: Channel }
  | { readonly type: 'user_changed'; readonly user: User }
  | {
      readonly type: 'user_group_changed';
      readonly group: UserGroup;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly previousUpdate: number;
    }
  | {
      readonly type: 'view';
      readonly trigger: 'open' | 'update' | 'push' | 'close';
      readonly user: string;
      readonly view: View;
    }
  | { readonly type: 'command_failed'; readonly user: string; readonly text: string };
