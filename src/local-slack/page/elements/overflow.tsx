import { PlainText } from '../text/view.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Menu, MenuItem } from '../widgets/menu.tsx';
import { usePopover } from '../widgets/popover.tsx';
import { useDispatch } from './acting.ts';
import type { Option, Overflow } from './model.ts';

export function OverflowElement({ element, blockId }: { element: Overflow; blockId: string }) {
  const { dispatch } = useDispatch(blockId, element);
  const menu = usePopover();
  const choose = (option: Option) => {
    menu.close();
    if (option.url && /^https?:/.test(option.url)) open(option.url, '_blank', 'noopener');
    void dispatch({ type: 'overflow', selected_option: option });
  };
  return (
    <>
      <button
        type="button"
        class="button button-icon"
        aria-label="More actions"
        aria-haspopup="menu"
        onClick={menu.toggle}
      >
        <Icon name="more" size={16} />
      </button>
      {menu.anchor && (
        <Menu anchor={menu.anchor} label="More actions" onClose={menu.close}>
          {element.options.map((option) => (
            <MenuItem key={option.value} onChoose={() => choose(option)}>
              <PlainText text={option.text.text} />
            </MenuItem>
          ))}
        </Menu>
      )}
    </>
  );
}
