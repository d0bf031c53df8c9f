import { useContext, useMemo, useState } from 'preact/hooks';
import { Blocks } from '../blocks/blocks.tsx';
import { ActingScope } from '../elements/confirm.tsx';
import { FileAttachment } from '../files/attachment.tsx';
import { Avatar } from '../people/avatar.tsx';
import { authorOf } from '../people/names.ts';
import { PersonButton } from '../people/profile.tsx';
import * as api from '../state/api.ts';
import type { Message } from '../state/model.ts';
import { attempt, go, session, useSession } from '../state/session.ts';
import { clock, fullTime } from '../text/date.ts';
import { Mrkdwn } from '../text/view.tsx';
import { Icon } from '../widgets/icon.tsx';
import { LegacyAttachment } from './attachment.tsx';
import { EditBox } from './edit.tsx';
import { isNews } from './group.ts';
import { ThreadContext } from './place.ts';
import { Reactions } from './reactions.tsx';
import { Replies } from './replies.tsx';
import { Toolbar } from './toolbar.tsx';
import './message.css';

interface MessageProps {
  readonly channel: string;
  readonly message: Message;
  readonly head: boolean;
  /** In the thread pane there is no "reply" and no list of replies. */
  readonly inThread?: boolean;
}

export function MessageRow({ channel, message, head, inThread = false }: MessageProps) {
  const workspace = useSession((state) => state.workspace);
  const [editing, setEditing] = useState(false);
  if (!workspace) return null;
  const author = authorOf(message, workspace);
  const look = [
    'message',
    ...(head ? ['message-head'] : []),
    ...(message.is_ephemeral ? ['message-ephemeral'] : []),
  ];
  return (
    <article class={look.join(' ')} data-ts={message.ts} aria-label={`${author.name}, ${clock(message.ts)}`}>
      <div class="message-gutter">
        {head ? (
          <Avatar
            name={author.name}
            app={author.app}
            {...(author.color ? { color: author.color } : {})}
            {...(author.emoji ? { emoji: author.emoji } : {})}
          />
        ) : (
          <time class="message-time message-time-side">{clock(message.ts).replace(/ [AP]M$/, '')}</time>
        )}
      </div>
      <div class="message-main">
        {message.is_ephemeral && head && (
          <div class="message-note">
            <Icon name="lock" size={13} /> Only visible to you
          </div>
        )}
        {message.subtype === 'thread_broadcast' && !inThread && message.thread_ts && (
          <div class="message-note">
            replied to a thread{' '}
            <button
              type="button"
              class="link"
              onClick={() => go({ channel, thread: message.thread_ts ?? undefined })}
            >
              View thread
            </button>
          </div>
        )}
        {head && (
          <div class="message-by">
            {author.user && !author.app ? (
              <PersonButton user={author.user} class="author">
                {author.name}
              </PersonButton>
            ) : (
              <span class="author">{author.name}</span>
            )}
            {author.app && <span class="badge">APP</span>}
            <time
              class="message-time"
              dateTime={new Date(Number(message.ts) * 1000).toISOString()}
              title={fullTime(message.ts)}
            >
              {clock(message.ts)}
            </time>
          </div>
        )}
        {editing ? (
          <EditBox channel={channel} message={message} onDone={() => setEditing(false)} />
        ) : (
          <MessageBody channel={channel} message={message} />
        )}
        {(message.reactions?.length ?? 0) > 0 && <Reactions channel={channel} message={message} />}
        {!inThread && <Replies channel={channel} message={message} />}
      </div>
      {!editing && !isNews(message) && (
        <Toolbar channel={channel} message={message} inThread={inThread} onEdit={() => setEditing(true)} />
      )}
    </article>
  );
}

function MessageBody({ channel, message }: { channel: string; message: Message }) {
  const thread = useContext(ThreadContext);
  const acting = useMemo(
    () => ({
      keep: () => undefined,
      dispatch: (blockId: string, actionId: string, { type: _, ...answer }: { readonly type: string }) => {
        const { as } = session.get().route;
        const body = { as, channel, ts: message.ts, block_id: blockId, action_id: actionId, ...answer };
        return attempt(() => api.act(body), thread);
      },
    }),
    [channel, message.ts, thread],
  );
  const hasBlocks = (message.blocks?.length ?? 0) > 0;
  return (
    <ActingScope {...acting}>
      <div class={isNews(message) ? 'message-text message-news' : 'message-text'}>
        {hasBlocks ? (
          <Blocks blocks={message.blocks ?? []} />
        ) : (
          message.text && <Mrkdwn text={message.text} />
        )}
        {message.edited && <span class="message-edited"> (edited)</span>}
      </div>
      {message.attachments?.map((attachment, index) => (
        <LegacyAttachment key={index} attachment={attachment} />
      ))}
      {message.files?.map((file) => (
        <FileAttachment key={file.id} file={file} />
      ))}
    </ActingScope>
  );
}
