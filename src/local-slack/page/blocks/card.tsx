import { z } from 'zod';
import { AnyText } from '../elements/choices.tsx';
import { Element } from '../elements/element.tsx';
import { Button, Image, TextObject } from '../elements/model.ts';
import { Picture } from '../elements/picture.tsx';
import { Block } from '../state/model.ts';
import { Blocks } from './blocks.tsx';
import { defineBlock } from './define.tsx';

export const Card = defineBlock(
  z.object({
    hero_image: Image.optional(),
    icon: Image.optional(),
    title: TextObject.optional(),
    subtitle: TextObject.optional(),
    body: TextObject.optional(),
    actions: z.array(Button).optional(),
  }),
  ({ block: { hero_image, icon, title, subtitle, body, actions }, blockId }) => (
    <div class="card">
      {hero_image && <Picture image={hero_image} look="card-hero" />}
      <div class="card-head">
        {icon && <Picture image={icon} look="context-image" />}
        <div>
          {title && (
            <div class="card-title">
              <AnyText text={title} />
            </div>
          )}
          {subtitle && (
            <div class="card-subtitle">
              <AnyText text={subtitle} />
            </div>
          )}
        </div>
      </div>
      {body && <AnyText text={body} />}
      {actions && (
        <div class="actions">
          {actions.map((button) => (
            <Element key={button.action_id} element={button} blockId={blockId} />
          ))}
        </div>
      )}
    </div>
  ),
);

export const Carousel = defineBlock(z.object({ elements: z.array(Block) }), ({ block, blockId }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, also by keyboard
  <section class="carousel" tabIndex={0} aria-label="Cards">
    <Blocks blocks={block.elements} within={blockId} />
  </section>
));
