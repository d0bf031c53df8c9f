import { channelTitle } from '../channels/title.ts';
import { Composer } from '../composer/composer.tsx';
import { Timeline } from '../messages/timeline.tsx';
import { go, useSession } from '../state/session.ts';
import { timelineKey } from '../state/state.ts';
import { Icon } from '../widgets/icon.tsx';
import './pane.css';

/** The thread beside the channel; on a phone it covers it. */
export function ThreadPane({ channel, thread }: { channel: string; thread: string }) {
  const workspace = useSession((state) => state.workspace);
  const missing = useSession((state) => state.timelines[timelineKey(channel, thread)]?.length === 0);
  const all = useSession((state) => state.notices);
  const notices = all.filter((notice) => notice.channel === channel && notice.thread === thread);
  const title = workspace ? channelTitle(workspace.channels.get(channel), workspace) : '';
  const close = () => go({ thread: undefined });
  return (
    <aside class="thread" aria-label="Thread">
      <header class="pane-head">
        <button
          type="button"
          class="icon-button thread-back"
          aria-label="Back to the channel"
          onClick={close}
        >
          <Icon name="back" />
        </button>
        <div class="pane-titles">
          <h2>Thread</h2>
          <span class="muted">{title}</span>
        </div>
        <button type="button" class="icon-button thread-close" aria-label="Close thread" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Timeline channel={channel} thread={thread} notices={notices}>
        {missing && <p class="thread-missing muted">This message does not exist, or was deleted.</p>}
      </Timeline>
      <Composer channel={channel} thread={thread} placeholder="Reply…" />
    </aside>
  );
}
