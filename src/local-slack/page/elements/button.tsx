import { PlainText } from '../text/view.tsx';
import { useDispatch } from './acting.ts';
import type { Button } from './model.ts';

export function ButtonElement({ element, blockId }: { element: Button; blockId: string }) {
  const { busy, dispatch } = useDispatch(blockId, element);
  const press = () => {
    if (element.url && /^https?:/.test(element.url)) open(element.url, '_blank', 'noopener');
    void dispatch({ type: element.type, ...(element.value === undefined ? {} : { value: element.value }) });
  };
  return (
    <button
      type="button"
      class={`button${element.style ? ` button-${element.style}` : ''}`}
      aria-label={element.accessibility_label}
      aria-busy={busy}
      data-action={element.action_id}
      onClick={press}
    >
      <PlainText text={element.text.text} />
    </button>
  );
}
