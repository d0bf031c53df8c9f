import { joinTone } from '../emoji/find.ts';
import { Glyph } from '../emoji/glyph.tsx';
import { EmojiPicker } from '../emoji/picker.tsx';
import { charOf, noteUse } from '../emoji/table.ts';
import { nameOf } from '../people/names.ts';
import * as api from '../state/api.ts';
import { recall } from '../state/memory.ts';
import type { Message, Reaction } from '../state/model.ts';
import { session, useSession } from '../state/session.ts';
import { Icon } from '../widgets/icon.tsx';
import { usePopover } from '../widgets/popover.tsx';
import { useAttempt } from './place.ts';
import './reactions.css';

/** Adds or takes back the current person's reaction. */
export function useReact(channel: string, message: Message): (name: string, on: boolean) => void {
  const attempt = useAttempt();
  return (name, on) => {
    const { as } = session.get().route;
    if (!as) return;
    if (on) noteUse(name);
    void attempt(() => api.react({ as, channel, ts: message.ts, name, on }));
  };
}

/** The pills under a message: a click joins or leaves, pointing at one tells who. */
export function Reactions({ channel, message }: { channel: string; message: Message }) {
  const picker = usePopover();
  const react = useReact(channel, message);
  const add = (name: string) => {
    picker.close();
    react(name, true);
  };
  return (
    <div class="reactions">
      {message.reactions?.map((reaction) => (
        <Pill key={reaction.name} channel={channel} message={message} reaction={reaction} />
      ))}
      <button
        type="button"
        class="pill pill-add"
        aria-label="Add reaction…"
        title="Add reaction…"
        onClick={picker.toggle}
      >
        <Icon name="addEmoji" size={16} />
      </button>
      {picker.anchor && <EmojiPicker anchor={picker.anchor} onPick={add} onClose={picker.close} />}
    </div>
  );
}

function Pill({ channel, message, reaction }: { channel: string; message: Message; reaction: Reaction }) {
  const me = useSession((state) => state.route.as ?? '');
  const users = useSession((state) => state.workspace?.users);
  const react = useReact(channel, message);
  const mine = reaction.users.includes(me);
  const who = list(
    reaction.users.map((id) => (id === me ? 'You' : nameOf(users?.get(id), id))),
    reaction.count,
  );
  return (
    <span class="pill-place">
      <button
        type="button"
        class={mine ? 'pill pill-mine' : 'pill'}
        aria-pressed={mine}
        aria-label={`${charOf(reaction.name) ?? ''} ${reaction.count}, ${who} reacted with :${reaction.name}:`}
        data-reaction={reaction.name}
        onClick={() => react(reaction.name, !mine)}
      >
        <Glyph name={reaction.name} /> <span class="pill-count">{reaction.count}</span>
      </button>
      <span class="tooltip" role="tooltip" aria-hidden="true">
        <Glyph name={reaction.name} large />
        <span>
          <b>{who}</b> <span class="tooltip-dim">reacted with :{reaction.name}:</span>
        </span>
      </span>
    </span>
  );
}

/** "You, Ana Duarte and 2 others"; Slack may name fewer people than it counts. */
function list(names: readonly string[], count: number): string {
  const sorted = [...names].sort((a, b) => Number(b === 'You') - Number(a === 'You'));
  const others = count - names.length;
  const all = others > 0 ? [...sorted, `${others} ${others === 1 ? 'other' : 'others'}`] : sorted;
  return all.length < 2 ? (all[0] ?? 'Nobody') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** A quick reaction in the person's own skin tone, where the emoji has one. */
export const inMyTone = (name: string, toned: boolean) => (toned ? joinTone(name, recall().skinTone) : name);
