import { useEffect, useRef } from 'preact/hooks';
import { Glyph } from '../emoji/glyph.tsx';
import { Avatar } from '../people/avatar.tsx';
import type { Completion, Suggestion } from './completion.ts';

const HEADS = { command: 'Commands', mention: 'People', channel: 'Channels', emoji: 'Emoji' } as const;

/** The list above the composer; the composer keeps the focus and the keys. */
export function Suggestions(props: {
  id: string;
  completion: Completion;
  at: number;
  onPick: (suggestion: Suggestion) => void;
}) {
  const { id, completion, at, onPick } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(
    () => list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }),
    [at],
  );
  return (
    <div class="suggestions">
      <div class="suggestions-head">
        <b>{HEADS[completion.kind]}</b>
        <span class="muted">
          <kbd>↑</kbd> <kbd>↓</kbd> to move · <kbd>Tab</kbd> or <kbd>Enter</kbd> to choose · <kbd>Esc</kbd> to
          dismiss
        </span>
      </div>
      <div ref={list} id={id} class="suggestions-list" role="listbox" aria-label={HEADS[completion.kind]}>
        {completion.suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the composer handles the keys
          <div
            key={suggestion.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            class={`suggestion suggestion-${completion.kind}`}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(suggestion)}
          >
            {suggestion.glyph && <Glyph name={suggestion.glyph} />}
            {suggestion.person && <Avatar name={suggestion.label} size={22} {...suggestion.person} />}
            <span class="suggestion-lines">
              <span>
                <b>{suggestion.label}</b> <span class="suggestion-hint">{suggestion.hint}</span>
              </span>
              {suggestion.detail && <span class="suggestion-detail">{suggestion.detail}</span>}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
