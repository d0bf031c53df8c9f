import { useEffect, useState } from 'preact/hooks';
import { fileAddress } from '../state/api.ts';
import type { SlackFile } from '../state/model.ts';
import { Dialog } from '../widgets/dialog.tsx';
import { Icon } from '../widgets/icon.tsx';
import { isImage, isText, kindOf, sizeOf } from './kind.ts';
import './files.css';

const FIRST_LINES = 8;
const MOST_BYTES = 2_000_000;

/** A file under a message: an image as itself, text and JSON with their first lines, anything else by name. */
export function FileAttachment({ file }: { file: SlackFile }) {
  const name = file.title || file.name || file.id;
  if (isImage(file))
    return (
      <figure class="file-image">
        <figcaption>{name}</figcaption>
        <a href={fileAddress(file.id)} target="_blank" rel="noopener">
          <img src={fileAddress(file.id)} alt={name} />
        </a>
      </figure>
    );
  return (
    <div class="file" data-file={file.id}>
      <div class="file-head">
        <span class="file-icon">
          <Icon name="file" size={22} />
        </span>
        <span class="file-names">
          <span class="file-name">{name}</span>
          <span class="muted">
            {kindOf(file)} · {sizeOf(file.size ?? 0)}
          </span>
        </span>
        <a
          class="icon-button"
          href={fileAddress(file.id)}
          download={file.name ?? file.id}
          aria-label={`Download ${name}`}
          title="Download"
        >
          <Icon name="download" />
        </a>
      </div>
      {isText(file) && <TextPreview file={file} name={name} />}
    </div>
  );
}

function TextPreview({ file, name }: { file: SlackFile; name: string }) {
  const [text, setText] = useState<string>();
  const [all, setAll] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    void readText(file, stop.signal).then(setText, () => undefined);
    return () => stop.abort();
  }, [file.id]);
  if (text === undefined) return <div class="file-wait muted">Loading preview…</div>;
  const lines = text.split('\n');
  return (
    <>
      <Lines lines={lines.slice(0, FIRST_LINES)} />
      <button type="button" class="file-more" onClick={() => setAll(true)}>
        <Icon name="expand" size={14} />
        {lines.length > FIRST_LINES ? `View all ${lines.length} lines` : 'View file'}
      </button>
      {all && (
        <Dialog title={name} onClose={() => setAll(false)} wide>
          <Lines lines={lines} />
        </Dialog>
      )}
    </>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <pre class="file-lines">
      {lines.map((line, index) => (
        <code key={index}>{`${line}\n`}</code>
      ))}
    </pre>
  );
}

/** The file's text; JSON on one line is laid out so that it can be read. */
async function readText(file: SlackFile, signal: AbortSignal): Promise<string> {
  const answer = await fetch(fileAddress(file.id), { signal });
  if (!answer.ok || (file.size ?? 0) > MOST_BYTES) throw new Error('no preview');
  const text = (await answer.text()).trimEnd();
  if (text.includes('\n') || !/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
