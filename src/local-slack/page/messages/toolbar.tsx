import { useState } from 'preact/hooks';
import { Glyph } from '../emoji/glyph.tsx';
import { EmojiPicker } from '../emoji/picker.tsx';
import { frequent } from '../emoji/table.ts';
import * as api from '../state/api.ts';
import type { Message } from '../state/model.ts';
import { formatRoute } from '../state/route.ts';
import { go, session, useSession } from '../state/session.ts';
import { Dialog } from '../widgets/dialog.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Menu, MenuItem } from '../widgets/menu.tsx';
import { usePopover } from '../widgets/popover.tsx';
import { useAttempt } from './place.ts';
import { inMyTone, useReact } from './reactions.tsx';

interface ToolbarProps {
  readonly channel: string;
  readonly message: Message;
  readonly inThread: boolean;
  readonly onEdit: () => void;
}

/** What one can do with a message; shown while the pointer or the focus is on it. */
export function Toolbar({ channel, message, inThread, onEdit }: ToolbarProps) {
  const picker = usePopover();
  const menu = usePopover();
  const setReaction = useReact(channel, message);
  if (message.is_ephemeral) return null;
  const react = (name: string) => {
    picker.close();
    setReaction(name, true);
  };
  const open = picker.anchor || menu.anchor;
  return (
    <div class={open ? 'toolbar toolbar-open' : 'toolbar'}>
      {frequent()
        .slice(0, 3)
        .map((emoji) => (
          <button
            key={emoji.name}
            type="button"
            class="icon-button toolbar-quick"
            aria-label={`React with :${emoji.name}:`}
            onClick={() => react(inMyTone(emoji.name, emoji.toned))}
          >
            <Glyph name={inMyTone(emoji.name, emoji.toned)} />
          </button>
        ))}
      <button
        type="button"
        class="icon-button"
        aria-label="Find another reaction"
        title="Add reaction…"
        onClick={picker.toggle}
      >
        <Icon name="addEmoji" />
      </button>
      {!inThread && (
        <button
          type="button"
          class="icon-button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => go({ channel, thread: message.thread_ts ?? message.ts })}
        >
          <Icon name="reply" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label="More actions"
        aria-haspopup="menu"
        onClick={menu.toggle}
      >
        <Icon name="more" />
      </button>
      {picker.anchor && <EmojiPicker anchor={picker.anchor} onPick={react} onClose={picker.close} />}
      {menu.anchor && (
        <MoreMenu anchor={menu.anchor} {...{ channel, message, onEdit }} onClose={menu.close} />
      )}
    </div>
  );
}

function MoreMenu(props: {
  anchor: HTMLElement;
  channel: string;
  message: Message;
  onEdit: () => void;
  onClose: () => void;
}) {
  const { channel, message, onEdit, onClose } = props;
  const mine = useSession((state) => state.route.as === message.user && !message.bot_id);
  const attempt = useAttempt();
  const [deleting, setDeleting] = useState(false);
  const copy = () => {
    const hash = formatRoute({ channel, thread: message.thread_ts ?? message.ts });
    void navigator.clipboard.writeText(new URL(hash, location.href).href);
    onClose();
  };
  const remove = () => {
    const { as } = session.get().route;
    onClose();
    if (as) void attempt(() => api.remove({ as, channel, ts: message.ts }));
  };
  if (deleting) {
    const footer = (
      <>
        <button type="button" class="button button-large" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button button-large button-danger" onClick={remove}>
          Delete
        </button>
      </>
    );
    return (
      <Dialog title="Delete message" onClose={onClose} footer={footer}>
        Are you sure you want to delete this message? This cannot be undone.
      </Dialog>
    );
  }
  return (
    <Menu anchor={props.anchor} label="More actions" onClose={onClose}>
      <MenuItem onChoose={copy}>Copy link</MenuItem>
      {mine && (
        <MenuItem
          onChoose={() => {
            onClose();
            onEdit();
          }}
        >
          Edit message
        </MenuItem>
      )}
      {mine && (
        <MenuItem onChoose={() => setDeleting(true)} danger>
          Delete message…
        </MenuItem>
      )}
    </Menu>
  );
}
