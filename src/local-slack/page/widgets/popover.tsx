import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './popover.css';

interface PopoverProps {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly role?: 'dialog' | 'menu';
}

/** A floating panel beside its anchor, above everything; Escape or a press elsewhere closes it. */
export function Popover({ anchor, label, onClose, children, role = 'dialog' }: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = panel.current;
    if (!element) return;
    element.showPopover();
    place(element, anchor);
    const resized = new ResizeObserver(() => place(element, anchor));
    resized.observe(element);
    return () => {
      resized.disconnect();
      if (element.contains(document.activeElement)) anchor.focus();
    };
  }, [anchor]);

  useEffect(() => {
    const press = (event: Event) => {
      if (!(event.target instanceof Node)) return;
      if (!panel.current?.contains(event.target) && !anchor.contains(event.target)) onClose();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      event.preventDefault();
      onClose();
    };
    document.addEventListener('pointerdown', press);
    document.addEventListener('keydown', key, true);
    return () => {
      document.removeEventListener('pointerdown', press);
      document.removeEventListener('keydown', key, true);
    };
  }, [anchor, onClose]);

  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is always dialog or menu
    <div ref={panel} popover="manual" class="popover" role={role} aria-label={label}>
      {children}
    </div>
  );
}

/** Opens and closes a popover from its button. */
export function usePopover() {
  const [anchor, setAnchor] = useState<HTMLElement>();
  return {
    anchor,
    close: () => setAnchor(undefined),
    toggle: (event: { currentTarget: HTMLElement }) => {
      const button = event.currentTarget;
      setAnchor((open) => (open ? undefined : button));
    },
  };
}

const GAP = 6;

function place(element: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = innerHeight - at.bottom - GAP;
  const top = below >= height || below >= at.top ? at.bottom + GAP : at.top - GAP - height;
  const left = at.left + width > innerWidth - GAP ? at.right - width : at.left;
  element.style.top = `${clamp(top, innerHeight - height)}px`;
  element.style.left = `${clamp(left, innerWidth - width)}px`;
}

const clamp = (value: number, most: number) => Math.max(GAP, Math.min(value, most - GAP));
