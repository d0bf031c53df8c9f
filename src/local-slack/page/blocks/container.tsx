import { useId, useState } from 'preact/hooks';
import { z } from 'zod';
import { AnyText } from '../elements/choices.tsx';
import { Image, TextObject } from '../elements/model.ts';
import { Picture } from '../elements/picture.tsx';
import { Block } from '../state/model.ts';
import { RichText, readRichText } from '../text/rich.ts';
import { Parts } from '../text/view.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Blocks } from './blocks.tsx';
import { defineBlock } from './define.tsx';

const Shape = z.object({
  title: TextObject.optional(),
  rich_text_title: RichText.optional(),
  subtitle: TextObject.optional(),
  icon: Image.optional(),
  child_blocks: z.array(Block),
  width: z.enum(['narrow', 'standard', 'wide', 'full']).default('standard'),
  is_collapsible: z.boolean().default(false),
  default_collapsed: z.boolean().default(false),
  has_header_divider: z.boolean().default(false),
});
type Shape = z.infer<typeof Shape>;

/** A framed group of blocks that may be folded. */
export const Container = defineBlock(Shape, ({ block, blockId }) => {
  const [open, setOpen] = useState(!(block.is_collapsible && block.default_collapsed));
  const body = useId();
  const divided = block.has_header_divider && !block.is_collapsible;
  return (
    <div class={`container container-${block.width}`}>
      {block.is_collapsible ? (
        <button
          type="button"
          class="container-head container-toggle"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          <Head block={block} />
          <span class={open ? 'turn turn-open' : 'turn'}>
            <Icon name="chevron" />
          </span>
        </button>
      ) : (
        <div class={divided ? 'container-head container-divided' : 'container-head'}>
          <Head block={block} />
        </div>
      )}
      <div id={body} class="container-body" hidden={!open}>
        {open && <Blocks blocks={block.child_blocks} within={blockId} />}
      </div>
    </div>
  );
});

function Head({ block }: { block: Shape }) {
  return (
    <>
      {block.icon && <Picture image={block.icon} look="context-image" />}
      <span class="container-titles">
        <span class="container-title">
          {block.rich_text_title ? (
            <Parts parts={readRichText(block.rich_text_title)} />
          ) : (
            block.title && <AnyText text={block.title} />
          )}
        </span>
        {block.subtitle && (
          <span class="container-subtitle">
            <AnyText text={block.subtitle} />
          </span>
        )}
      </span>
    </>
  );
}
