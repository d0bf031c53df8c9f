import { useState } from 'preact/hooks';
import { z } from 'zod';
import { RichText, readRichText } from '../text/rich.ts';
import { Parts } from '../text/view.tsx';
import { defineBlock } from './define.tsx';
import './table.css';

const Cell = z.union([
  RichText,
  z.object({ type: z.enum(['raw_text', 'raw_number']), text: z.coerce.string() }),
]);
type Cell = z.infer<typeof Cell>;
const Column = z
  .object({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() })
  .nullish();
type Column = z.infer<typeof Column>;

/** A table whose first row is its head. */
export const Table = defineBlock(
  z.object({ rows: z.array(z.array(Cell)), column_settings: z.array(Column).optional() }),
  ({ block }) => {
    const [head = [], ...rows] = block.rows;
    return <Grid head={head} rows={rows} columns={block.column_settings ?? []} />;
  },
);

/** A table with a caption and pages. */
export const DataTable = defineBlock(
  z.object({ caption: z.string(), rows: z.array(z.array(Cell)), page_size: z.number().default(5) }),
  ({ block }) => {
    const [page, setPage] = useState(0);
    const [head = [], ...rows] = block.rows;
    const pages = Math.max(1, Math.ceil(rows.length / block.page_size));
    const shown = rows.slice(page * block.page_size, (page + 1) * block.page_size);
    return (
      <div>
        <Grid caption={block.caption} head={head} rows={shown} columns={[]} />
        {pages > 1 && (
          <div class="actions">
            <button type="button" class="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
              Previous
            </button>
            <span class="muted">
              Page {page + 1} of {pages}
            </span>
            <button
              type="button"
              class="button"
              disabled={page + 1 >= pages}
              onClick={() => setPage(page + 1)}
            >
              Next
            </button>
          </div>
        )}
      </div>
    );
  },
);

function Grid(props: {
  caption?: string;
  head: readonly Cell[];
  rows: readonly (readonly Cell[])[];
  columns: readonly Column[];
}) {
  const style = (index: number) => ({
    textAlign: props.columns[index]?.align ?? 'left',
    whiteSpace: props.columns[index]?.is_wrapped ? 'normal' : 'nowrap',
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls sideways, also by keyboard
    <section class="table-scroll" tabIndex={0} aria-label={props.caption ?? 'Table'}>
      <table class="table">
        {props.caption && <caption>{props.caption}</caption>}
        <thead>
          <tr>
            {props.head.map((cell, index) => (
              <th key={index} scope="col" style={style(index)}>
                <CellBody cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index} style={style(index)}>
                  <CellBody cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const CellBody = ({ cell }: { cell: Cell }) =>
  cell.type === 'rich_text' ? <Parts parts={readRichText(cell)} /> : <span>{cell.text}</span>;
