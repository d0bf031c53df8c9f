import type { Block } from '../state/model.ts';
import { Alert } from './alert.tsx';
import { Card, Carousel } from './card.tsx';
import { Container } from './container.tsx';
import { type BlockView, UnknownBlock } from './define.tsx';
import { FileBlock, ImageBlock } from './image.tsx';
import { Input } from './input.tsx';
import {
  Actions,
  Context,
  ContextActions,
  Divider,
  Header,
  Markdown,
  RichTextBlock,
  Section,
} from './plain.tsx';
import { Plan, TaskCard } from './plan.tsx';
import { DataTable, Table } from './table.tsx';
import './blocks.css';

const DRAWN: Readonly<Record<string, BlockView>> = {
  actions: Actions,
  alert: Alert,
  card: Card,
  carousel: Carousel,
  container: Container,
  context: Context,
  context_actions: ContextActions,
  data_table: DataTable,
  divider: Divider,
  file: FileBlock,
  header: Header,
  image: ImageBlock,
  input: Input,
  markdown: Markdown,
  plan: Plan,
  rich_text: RichTextBlock,
  section: Section,
  table: Table,
  task_card: TaskCard,
};

/** The blocks of a message or a view, in order. Those inside another block act under its id when they have none. */
export function Blocks({ blocks, within }: { blocks: readonly Block[]; within?: string }) {
  return (
    <div class="blocks">
      {blocks.map((block, index) => {
        const blockId = block.block_id ?? within ?? String(index);
        const key = block.block_id ?? index;
        const Draw = DRAWN[block.type];
        return Draw ? (
          <Draw key={key} block={block} blockId={blockId} />
        ) : (
          <UnknownBlock key={key} block={block} />
        );
      })}
    </div>
  );
}
