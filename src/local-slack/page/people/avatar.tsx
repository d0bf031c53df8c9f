import { Glyph } from '../emoji/glyph.tsx';
import { avatarColour } from './colour.ts';
import { initials } from './names.ts';
import './avatar.css';

/** Coloured initials; an app's are framed like a tile. */
export function Avatar(props: {
  name: string;
  color?: string | null;
  emoji?: string;
  app?: boolean;
  size?: number;
}) {
  const { name, color, emoji, app = false, size = 36 } = props;
  const style = {
    '--size': `${size}px`,
    background: emoji ? 'var(--code-bg)' : avatarColour(name, app ? undefined : color),
  };
  return (
    <span
      class={app ? 'avatar avatar-app' : 'avatar'}
      style={style}
      data-initials={emoji ? '' : initials(name)}
      aria-hidden="true"
    >
      {emoji && <Glyph name={emoji} />}
    </span>
  );
}
