import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Message } from '../state/model.ts';
import { useSession } from '../state/session.ts';
import { type Notice, timelineKey } from '../state/state.ts';
import { dayName } from '../text/date.ts';
import { Icon } from '../widgets/icon.tsx';
import { groupMessages } from './group.ts';
import { MessageRow } from './message.tsx';
import { NoticeRow } from './notice.tsx';
import { ThreadContext } from './place.ts';
import './timeline.css';

const NEAR_END_PX = 120;
const NONE: readonly Message[] = [];

interface TimelineProps {
  readonly channel: string;
  readonly thread?: string;
  readonly notices: readonly Notice[];
  readonly children?: ComponentChildren;
}

/** The messages of a channel or a thread, oldest first; stays at the end while the reader is there. */
export function Timeline({ channel, thread, notices, children }: TimelineProps) {
  const key = timelineKey(channel, thread);
  const messages = useSession((state) => state.timelines[key]);
  const workspace = useSession((state) => state.workspace);
  const me = useSession((state) => state.route.as);
  const readUpTo = useSession((state) => (thread ? '0' : (state.readUpTo[channel] ?? '0')));
  const rows = useMemo(
    () => (workspace ? groupMessages(messages ?? NONE, workspace, me, readUpTo) : []),
    [messages, workspace, me, readUpTo],
  );
  const { box, content, away, toEnd } = useStickyEnd(`${key} ${me} ${messages === undefined}`);
  return (
    <ThreadContext.Provider value={thread}>
      <div class="timeline-frame">
        <section
          ref={box}
          class="timeline"
          role="log"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the messages scroll with the keyboard
          tabIndex={0}
          aria-label={thread ? 'Thread' : 'Messages'}
        >
          <div ref={content} class="timeline-content">
            {children}
            {rows.map(({ message, head, newDay, firstNew }, index) => (
              <div key={message.ts} class="timeline-row">
                {noticesBetween(notices, rows[index - 1]?.message.ts ?? '0', message.ts)}
                {newDay && !thread && <DayDivider ts={message.ts} />}
                {firstNew && <div class="new-divider">New</div>}
                <MessageRow channel={channel} message={message} head={head} inThread={thread !== undefined} />
                {thread && index === 0 && <ReplyCount count={messages ? messages.length - 1 : 0} />}
              </div>
            ))}
            {noticesBetween(notices, rows.at(-1)?.message.ts ?? '0', 'Infinity')}
          </div>
        </section>
        {away && (
          <button type="button" class="to-end" onClick={toEnd}>
            <Icon name="down" size={14} /> Latest messages
          </button>
        )}
      </div>
    </ThreadContext.Provider>
  );
}

const noticesBetween = (notices: readonly Notice[], after: string, until: string) =>
  notices
    .filter(({ ts }) => Number(ts) >= Number(after) && Number(ts) < Number(until))
    .map((notice) => <NoticeRow key={notice.id} notice={notice} />);

function DayDivider({ ts }: { ts: string }) {
  return (
    <div class="day-divider">
      <span>{dayName(ts)}</span>
    </div>
  );
}

const ReplyCount = ({ count }: { count: number }) =>
  count > 0 ? (
    <div class="reply-count">
      {count} {count === 1 ? 'reply' : 'replies'}
    </div>
  ) : null;

/** Keeps a scrolling box at its end as it grows, unless the reader has scrolled up. */
function useStickyEnd(reset: string) {
  const box = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [away, setAway] = useState(false);
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    stuck.current = true;
    toEnd();
  }, [reset]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !content.current) return;
    const grown = new ResizeObserver(() => {
      if (stuck.current) toEnd();
    });
    grown.observe(content.current);
    grown.observe(element);
    const scrolled = () => {
      const left = element.scrollHeight - element.scrollTop - element.clientHeight;
      stuck.current = left < NEAR_END_PX;
      setAway(left > NEAR_END_PX * 4);
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      element.removeEventListener('scroll', scrolled);
    };
  }, []);
  return { box, content, away, toEnd };
}
