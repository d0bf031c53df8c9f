import { useEffect, useRef, useState } from 'preact/hooks';
import { asTyped, withReferences } from '../composer/encode.ts';
import * as api from '../state/api.ts';
import type { Message } from '../state/model.ts';
import { session } from '../state/session.ts';
import { useAttempt } from './place.ts';

/** Changes one's own message in place: Enter saves, Escape leaves it as it was. */
export function EditBox({
  channel,
  message,
  onDone,
}: {
  channel: string;
  message: Message;
  onDone: () => void;
}) {
  const [text, setText] = useState(() => {
    const { workspace } = session.get();
    return workspace ? asTyped(message.text, workspace) : message.text;
  });
  const attempt = useAttempt();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(text.length, text.length);
  }, []);
  const save = async () => {
    const { route, workspace } = session.get();
    if (!route.as || !workspace || !text.trim()) return;
    const body = { as: route.as, channel, ts: message.ts, text: withReferences(text, workspace) };
    if (await attempt(() => api.edit(body))) onDone();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onDone();
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div class="edit-box">
      <textarea
        ref={box}
        class="field"
        rows={Math.min(8, text.split('\n').length + 1)}
        aria-label="Edit message"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={key}
      />
      <div class="actions">
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        <button type="button" class="button button-primary" onClick={() => void save()}>
          Save
        </button>
      </div>
    </div>
  );
}
