import { Avatar } from '../people/avatar.tsx';
import { dismissNotice } from '../state/session.ts';
import type { Notice } from '../state/state.ts';
import { clock } from '../text/date.ts';
import { Mrkdwn } from '../text/view.tsx';
import { Icon } from '../widgets/icon.tsx';

/** What Slackbot says to this person alone, such as a command that failed. It is gone when dismissed. */
export function NoticeRow({ notice }: { notice: Notice }) {
  return (
    <article class="message message-head message-ephemeral" role="status">
      <div class="message-gutter">
        <Avatar name="Slackbot" app />
      </div>
      <div class="message-main">
        <div class="message-note">
          <Icon name="lock" size={13} /> Only visible to you
        </div>
        <div class="message-by">
          <span class="author">Slackbot</span>
          <time class="message-time">{clock(notice.ts)}</time>
        </div>
        <div class="message-text">
          <Mrkdwn text={notice.text} />
        </div>
        <button type="button" class="link notice-dismiss" onClick={() => dismissNotice(notice.id)}>
          Dismiss message
        </button>
      </div>
    </article>
  );
}
