import { useState } from 'preact/hooks';
import { recall } from '../state/memory.ts';
import { Icon } from '../widgets/icon.tsx';
import { chooseTheme } from './theme.ts';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const ICONS = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

/** Goes round between the system's appearance, light and dark. */
export function ThemeToggle() {
  const [theme, setTheme] = useState(recall().theme);
  const label = `Appearance: ${theme === 'auto' ? 'as the system' : theme}`;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => {
        chooseTheme(NEXT[theme]);
        setTheme(NEXT[theme]);
      }}
    >
      <Icon name={ICONS[theme]} size={18} />
    </button>
  );
}
