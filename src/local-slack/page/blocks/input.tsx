import { useContext, useId } from 'preact/hooks';
import { z } from 'zod';
import { Element } from '../elements/element.tsx';
import { Interactive, TextObject } from '../elements/model.ts';
import { PlainText } from '../text/view.tsx';
import { ErrorsContext } from '../views/errors.ts';
import { defineBlock } from './define.tsx';

/** A labelled control of a form, with the error that the app answered for it. */
export const Input = defineBlock(
  z.object({
    label: TextObject,
    hint: TextObject.optional(),
    optional: z.boolean().default(false),
    dispatch_action: z.boolean().default(false),
    element: Interactive,
  }),
  ({ block, blockId }) => {
    const error = useContext(ErrorsContext)[blockId];
    const id = useId();
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as freely
      <div class={error ? 'input-block input-block-wrong' : 'input-block'} role="group" aria-describedby={id}>
        <div class="input-label">
          <PlainText text={block.label.text} /> {block.optional && <span class="muted">(optional)</span>}
        </div>
        <Element
          element={block.element}
          blockId={blockId}
          label={block.label.text}
          quiet={!block.dispatch_action}
        />
        <div id={id} class="input-notes" aria-live="polite">
          {error && <div class="input-error">{error}</div>}
          {block.hint && (
            <div class="muted">
              <PlainText text={block.hint.text} />
            </div>
          )}
        </div>
      </div>
    );
  },
);
