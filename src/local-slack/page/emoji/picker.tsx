import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { recall, remember } from '../state/memory.ts';
import { Popover } from '../widgets/popover.tsx';
import { type Emoji, joinTone, searchEmoji, toneChar } from './find.ts';
import { allEmoji, categories, frequent } from './table.ts';
import './picker.css';

interface PickerProps {
  readonly anchor: HTMLElement;
  readonly onPick: (name: string) => void;
  readonly onClose: () => void;
}

const TABS = ['🕘', '😀', '👋', '🐻', '🍎', '✈️', '⚽', '💡', '🔣', '🏁'];
const TONES = [0, 2, 3, 4, 5, 6];
const MOST_FOUND = 90;

/** Slack's emoji picker: search, frequently used, categories, the person's skin tone. */
export function EmojiPicker({ anchor, onPick, onClose }: PickerProps) {
  const [query, setQuery] = useState('');
  const [tone, setTone] = useState(recall().skinTone);
  const [tab, setTab] = useState(0);
  const [pointed, setPointed] = useState<Emoji>();
  const search = useRef<HTMLInputElement>(null);
  const shown = useMemo(() => {
    if (query) return searchEmoji(allEmoji, query, MOST_FOUND);
    return tab === 0 ? frequent() : allEmoji.filter(({ category }) => category === tab - 1);
  }, [query, tab]);
  useEffect(() => search.current?.focus(), []);

  const pick = (emoji: Emoji) => onPick(emoji.toned ? joinTone(emoji.name, tone) : emoji.name);
  const heading = query ? 'Search results' : tab === 0 ? 'Frequently used' : categories[tab - 1];
  return (
    <Popover anchor={anchor} label="Emoji" onClose={onClose}>
      <div class="picker">
        <div class="picker-tabs" role="tablist" aria-label="Emoji categories">
          {TABS.map((char, index) => (
            <button
              key={char}
              type="button"
              role="tab"
              aria-selected={index === tab && !query}
              aria-label={index === 0 ? 'Frequently used' : (categories[index - 1] ?? '')}
              title={index === 0 ? 'Frequently used' : (categories[index - 1] ?? '')}
              onClick={() => {
                setQuery('');
                setTab(index);
              }}
            >
              <span class="emoji">{char}</span>
            </button>
          ))}
        </div>
        <input
          ref={search}
          class="field picker-search"
          type="search"
          placeholder="Search all emoji"
          aria-label="Search all emoji"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value.replaceAll(':', ''))}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && shown[0]) pick(shown[0]);
          }}
        />
        <div class="picker-heading">{heading}</div>
        <EmojiGrid emoji={shown} tone={tone} onPick={pick} onPoint={setPointed} />
        <div class="picker-foot">
          <span class="picker-name">{pointed ? `:${pointed.name}:` : 'Pick an emoji…'}</span>
          <ToneChoice
            tone={tone}
            onChoose={(chosen) => {
              remember({ skinTone: chosen });
              setTone(chosen);
            }}
          />
        </div>
      </div>
    </Popover>
  );
}

function EmojiGrid(props: {
  emoji: readonly Emoji[];
  tone: number;
  onPick: (emoji: Emoji) => void;
  onPoint: (emoji: Emoji) => void;
}) {
  if (props.emoji.length === 0) return <div class="picker-grid picker-none">No emoji has this name.</div>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the buttons inside
    <div class="picker-grid" onKeyDown={moveFocus}>
      {props.emoji.map((emoji) => (
        <button
          key={emoji.name}
          type="button"
          class="picker-emoji emoji"
          aria-label={`:${emoji.name}:`}
          title={`:${emoji.name}:`}
          onClick={() => props.onPick(emoji)}
          onPointerEnter={() => props.onPoint(emoji)}
          onFocus={() => props.onPoint(emoji)}
        >
          {emoji.toned ? toneChar(emoji.char, props.tone) : emoji.char}
        </button>
      ))}
    </div>
  );
}

const COLUMNS = 9;

function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  const grid = event.currentTarget;
  if (!step || !(grid instanceof HTMLElement)) return;
  event.preventDefault();
  const buttons = [...grid.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button.matches(':focus'));
  buttons[at + step]?.focus();
}

function ToneChoice({ tone, onChoose }: { tone: number; onChoose: (tone: number) => void }) {
  return (
    <fieldset class="tones">
      <legend class="visually-hidden">Skin tone</legend>
      {TONES.map((one) => (
        <label key={one} class={one === tone ? 'tone tone-chosen' : 'tone'}>
          <input
            class="visually-hidden"
            type="radio"
            name="tone"
            checked={one === tone}
            aria-label={one === 0 ? 'Default skin tone' : `Skin tone ${one}`}
            onChange={() => onChoose(one)}
          />
          <span class="emoji" aria-hidden="true">
            {toneChar('✋', one)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
