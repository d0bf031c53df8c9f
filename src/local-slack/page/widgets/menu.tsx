import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Popover } from './popover.tsx';

/** A popover with a list of choices: arrow keys move, Enter chooses. */
export function Menu(props: {
  anchor: HTMLElement;
  label: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(
    () => list.current?.querySelector<HTMLElement>('[aria-checked=true], [role^=menuitem]')?.focus(),
    [],
  );
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
    if (!step || items.length === 0) return;
    event.preventDefault();
    const at = items.findIndex((item) => item.matches(':focus'));
    items[(at + step + items.length) % items.length]?.focus();
  };
  return (
    <Popover anchor={props.anchor} label={props.label} onClose={props.onClose} role="menu">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu items inside are what is focused */}
      <div ref={list} class="menu" onKeyDown={move}>
        {props.children}
      </div>
    </Popover>
  );
}

export function MenuItem(props: { onChoose: () => void; danger?: boolean; children: ComponentChildren }) {
  const look = props.danger ? 'menu-item menu-item-danger' : 'menu-item';
  return (
    <button type="button" role="menuitem" class={look} onClick={props.onChoose}>
      {props.children}
    </button>
  );
}
