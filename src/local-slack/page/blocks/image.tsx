import { z } from 'zod';
import { Image, TextObject } from '../elements/model.ts';
import { Picture } from '../elements/picture.tsx';
import { Icon } from '../widgets/icon.tsx';
import { defineBlock } from './define.tsx';

export const ImageBlock = defineBlock(
  z.intersection(Image, z.object({ title: TextObject.optional() })),
  ({ block }) => (
    <figure class="image-block">
      {block.title && <figcaption>{block.title.text}</figcaption>}
      <Picture image={block} look="image-block-picture" />
    </figure>
  ),
);

/** A remote file: only its id is known here. */
export const FileBlock = defineBlock(
  z.object({ external_id: z.string(), source: z.string() }),
  ({ block }) => (
    <div class="file-line">
      <Icon name="file" /> {block.external_id} <span class="muted">({block.source} file)</span>
    </div>
  ),
);
