import { useMemo } from 'preact/hooks';
import { z } from 'zod';
import { AnyText } from '../elements/choices.tsx';
import { Element } from '../elements/element.tsx';
import { Image, Interactive, TextObject } from '../elements/model.ts';
import { Picture } from '../elements/picture.tsx';
import { parseMarkdown } from '../text/markdown.ts';
import { RichText, readRichText } from '../text/rich.ts';
import { Parts, PlainText } from '../text/view.tsx';
import { defineBlock } from './define.tsx';

/** The classic blocks. */

export const Section = defineBlock(
  z.object({
    text: TextObject.optional(),
    fields: z.array(TextObject).optional(),
    accessory: z.union([Image, Interactive]).optional(),
  }),
  ({ block: { text, fields, accessory }, blockId }) => (
    <div class="section">
      <div class="section-main">
        {text && <AnyText text={text} />}
        {fields && (
          <div class="fields">
            {fields.map((field, index) => (
              <div key={index}>
                <AnyText text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div class="section-accessory">
          {accessory.type === 'image' ? (
            <Picture image={accessory} look="accessory-image" />
          ) : (
            <Element element={accessory} blockId={blockId} />
          )}
        </div>
      )}
    </div>
  ),
);

export const Context = defineBlock(
  z.object({ elements: z.array(z.union([Image, TextObject])) }),
  ({ block }) => (
    <div class="context">
      {block.elements.map((element, index) =>
        element.type === 'image' ? (
          <Picture key={index} image={element} look="context-image" />
        ) : (
          <AnyText key={index} text={element} />
        ),
      )}
    </div>
  ),
);

export const Actions = defineBlock(z.object({ elements: z.array(Interactive) }), ({ block, blockId }) => (
  <div class="actions">
    {block.elements.map((element) => (
      <Element key={element.action_id} element={element} blockId={blockId} />
    ))}
  </div>
));

const Feedback = z.object({
  type: z.literal('feedback_buttons'),
  action_id: z.string().default(''),
  positive_button: z.object({ text: TextObject, value: z.string() }),
  negative_button: z.object({ text: TextObject, value: z.string() }),
});

export const ContextActions = defineBlock(
  z.object({ elements: z.array(z.union([Feedback, Interactive])) }),
  ({ block, blockId }) => (
    <div class="actions">
      {block.elements
        .flatMap((element): Interactive[] =>
          element.type === 'feedback_buttons'
            ? [element.positive_button, element.negative_button].map((button) => ({
                type: 'button',
                action_id: element.action_id,
                ...button,
              }))
            : [element],
        )
        .map((element, index) => (
          <Element key={index} element={element} blockId={blockId} />
        ))}
    </div>
  ),
);

export const Divider = defineBlock(z.object({}), () => <hr class="divider" />);

export const Header = defineBlock(z.object({ text: TextObject }), ({ block }) => (
  <div class="header-block">
    <PlainText text={block.text.text} />
  </div>
));

export const Markdown = defineBlock(z.object({ text: z.string() }), ({ block }) => {
  const parts = useMemo(() => parseMarkdown(block.text), [block.text]);
  return <Parts parts={parts} />;
});

export const RichTextBlock = defineBlock(RichText, ({ block }) => {
  const parts = useMemo(() => readRichText(block), [block]);
  return <Parts parts={parts} />;
});
