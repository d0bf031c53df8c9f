import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { EmojiPicker } from '../emoji/picker.tsx';
import { allEmoji } from '../emoji/table.ts';
import { useSession } from '../state/session.ts';
import type { Workspace } from '../state/state.ts';
import { Icon } from '../widgets/icon.tsx';
import { usePopover } from '../widgets/popover.tsx';
import { type Completion, commandBeing, complete, type Suggestion } from './completion.ts';
import { draftOf, keepDraft } from './drafts.ts';
import { send } from './send.ts';
import { Suggestions } from './suggestions.tsx';
import './composer.css';

interface ComposerProps {
  readonly channel: string;
  readonly thread?: string;
  readonly placeholder: string;
}

/** Where one writes: Enter sends, Shift+Enter breaks the line, `/` `@` `#` `:` offer completions. */
export function Composer({ channel, thread, placeholder }: ComposerProps) {
  const workspace = useSession((state) => state.workspace);
  const draftKey = `${useSession((state) => state.route.as)}/${channel}/${thread ?? ''}`;
  const [text, setText] = useState(() => draftOf(draftKey));
  const [completion, setCompletion] = useState<Completion>();
  const [at, setAt] = useState(0);
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = usePopover();
  const listId = useId();

  useEffect(() => setText(draftOf(draftKey)), [draftKey]);
  useLayoutEffect(() => growToText(box.current), [text]);
  useEffect(() => {
    if (matchMedia('(min-width: 721px)').matches) box.current?.focus();
  }, [channel, thread]);

  if (!workspace) return null;
  const write = (value: string, caret: number) => {
    setText(value);
    keepDraft(draftKey, value);
    setCompletion(complete(value, caret, workspace, allEmoji));
    setAt(0);
  };
  const replace = (from: number, to: number, insert: string) => {
    write(text.slice(0, from) + insert + text.slice(to).replace(/^ /, ''), from + insert.length);
    setCompletion(undefined);
    queueMicrotask(() => {
      box.current?.focus();
      box.current?.setSelectionRange(from + insert.length, from + insert.length);
    });
  };
  const caret = () => box.current?.selectionStart ?? text.length;
  const insert = (piece: string) => {
    const position = caret();
    const value = text.slice(0, position) + piece + text.slice(position);
    write(value, position + piece.length);
    queueMicrotask(() => box.current?.focus());
  };
  const pick = (suggestion: Suggestion) => {
    if (completion) replace(completion.from, caret(), suggestion.insert);
  };
  const submit = async () => {
    const said = text.trim();
    if (!said) return;
    write('', 0);
    if (!(await send(said, channel, thread)) && draftOf(draftKey) === '') write(said, said.length);
  };
  const key = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (
      completion &&
      completionKey(event, completion, at, { move: setAt, pick, close: () => setCompletion(undefined) })
    )
      return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    }
  };
  return (
    <div class="composer-place">
      {completion && <Suggestions id={listId} completion={completion} at={at} onPick={pick} />}
      {!completion && <UsageHint text={text} workspace={workspace} />}
      <div class="composer">
        <textarea
          ref={box}
          class="composer-text"
          rows={1}
          placeholder={placeholder}
          aria-label={placeholder}
          role="combobox"
          aria-expanded={Boolean(completion)}
          aria-controls={listId}
          aria-autocomplete="list"
          {...(completion ? { 'aria-activedescendant': `${listId}-${at}` } : {})}
          value={text}
          onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onKeyDown={key}
          onBlur={() => setCompletion(undefined)}
        />
        <div class="composer-bar">
          <button type="button" class="icon-button" aria-label="Emoji" title="Emoji" onClick={picker.toggle}>
            <Icon name="smile" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Mention someone"
            title="Mention someone"
            onClick={() => insert('@')}
          >
            <Icon name="at" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Slash command"
            title="Slash command"
            onClick={() => write('/', 1)}
          >
            <Icon name="slash" />
          </button>
          <button
            type="button"
            class="send"
            aria-label="Send"
            disabled={!text.trim()}
            onClick={() => void submit()}
          >
            <Icon name="send" size={18} />
          </button>
        </div>
      </div>
      {picker.anchor && (
        <EmojiPicker
          anchor={picker.anchor}
          onClose={picker.close}
          onPick={(name) => {
            picker.close();
            insert(`:${name}: `);
          }}
        />
      )}
    </div>
  );
}

/** What the command being typed wants as its arguments. */
function UsageHint({ text, workspace }: { text: string; workspace: Workspace }) {
  const command = commandBeing(text, workspace);
  if (!command?.usage_hint) return null;
  return (
    <div class="usage">
      <b>{command.command}</b> {command.usage_hint}
    </div>
  );
}

function completionKey(
  event: KeyboardEvent,
  { suggestions }: Completion,
  at: number,
  on: { move: (at: number) => void; pick: (suggestion: Suggestion) => void; close: () => void },
): boolean {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const chosen = suggestions[at];
  if (step) on.move((at + step + suggestions.length) % suggestions.length);
  else if (event.key === 'Escape') on.close();
  else if ((event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) && chosen) on.pick(chosen);
  else return false;
  event.preventDefault();
  return true;
}

/** Grows the box with its text, up to the height that the style sheet allows. */
function growToText(box: HTMLTextAreaElement | null): void {
  if (!box) return;
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight}px`;
}
