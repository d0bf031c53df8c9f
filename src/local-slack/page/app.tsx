import { useEffect, useState } from 'preact/hooks';
import { ChannelPane } from './channels/channel.tsx';
import { Sidebar } from './channels/sidebar.tsx';
import { channelTitle } from './channels/title.ts';
import { useSession } from './state/session.ts';
import { ThreadPane } from './threads/pane.tsx';
import { Modals } from './views/modal.tsx';

export function App() {
  const channel = useSession((state) => state.route.channel);
  const thread = useSession((state) => state.route.thread);
  const ready = useSession((state) => state.workspace !== undefined);
  const failure = useSession((state) => state.failure);
  const [drawer, setDrawer] = useState(false);
  useTitle();

  if (!ready)
    return (
      <div class="failure" role="status">
        {failure ?? 'Loading the workspace…'}
      </div>
    );
  return (
    <div class={drawer ? 'page drawer-open' : 'page'}>
      <Sidebar onChoose={() => setDrawer(false)} />
      {drawer && (
        <button
          type="button"
          class="drawer-shade"
          aria-label="Close the list of channels"
          onClick={() => setDrawer(false)}
        />
      )}
      {channel && <ChannelPane id={channel} onMenu={() => setDrawer(true)} />}
      {channel && thread && <ThreadPane key={`${channel}/${thread}`} channel={channel} thread={thread} />}
      <Modals />
    </div>
  );
}

/** The window's title: unread marks, channel, workspace. */
function useTitle(): void {
  const title = useSession(({ workspace, route, mentions }) => {
    if (!workspace) return 'Local Slack';
    const unread = [...workspace.channels.values()].some(({ unread_count }) => (unread_count ?? 0) > 0);
    const named = Object.values(mentions).reduce((sum, count) => sum + count, 0);
    const mark = named > 0 ? `(${named}) ` : unread ? '* ' : '';
    const open = channelTitle(workspace.channels.get(route.channel ?? ''), workspace);
    return `${mark}${[open, workspace.name].filter(Boolean).join(' · ')}`;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
