import { charOf } from './table.ts';
import './glyph.css';

/** An emoji as the system draws it; a custom one, of which there is no picture, by its name. */
export function Glyph({ name, large = false }: { name: string; large?: boolean }) {
  const char = charOf(name);
  if (!char) return <span class="emoji-unknown">:{name}:</span>;
  return (
    <span
      class={large ? 'emoji emoji-large' : 'emoji'}
      role="img"
      aria-label={`:${name}:`}
      title={`:${name}:`}
    >
      {char}
    </span>
  );
}
