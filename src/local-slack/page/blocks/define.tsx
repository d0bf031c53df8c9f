import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { z } from 'zod';
import type { Block } from '../state/model.ts';

export type BlockView = (props: { block: Block; blockId: string }) => JSX.Element;

/** Joins a block's shape and its drawing. A block that has not this shape is shown as unknown instead of breaking. */
export function defineBlock<T>(
  shape: z.ZodType<T>,
  Draw: (props: { block: T; blockId: string }) => JSX.Element | null,
): BlockView {
  return function ParsedBlock({ block, blockId }) {
    const read = useMemo(() => shape.safeParse(block), [block]);
    return read.success ? <Draw block={read.data} blockId={blockId} /> : <UnknownBlock block={block} />;
  };
}

/** A block that this page cannot draw: its type and its content, so that nothing is hidden. */
export function UnknownBlock({ block }: { block: Block }) {
  return (
    <div class="block-unknown">
      <b>{block.type}</b> block, not drawn by the local Slack
      <pre class="code-block">{JSON.stringify(block, undefined, 2)}</pre>
    </div>
  );
}
