import { type Memory, recall, remember } from '../state/memory.ts';

const system = matchMedia('(prefers-color-scheme: dark)');

/** Puts the remembered appearance on the page and follows the system while none is chosen. */
export function startTheme(): void {
  system.addEventListener('change', apply);
  apply();
}

export function chooseTheme(theme: Memory['theme']): void {
  remember({ theme });
  apply();
}

function apply(): void {
  const { theme } = recall();
  document.documentElement.dataset['theme'] = theme === 'auto' ? (system.matches ? 'dark' : 'light') : theme;
}
