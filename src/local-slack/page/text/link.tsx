import type { ComponentChildren } from 'preact';
import { parsePermalink } from '../state/route.ts';
import { go } from '../state/session.ts';

/** A link; one to a message of this workspace opens here, any other in its own tab. Only web and mail addresses. */
export function Link({ url, children }: { url: string; children: ComponentChildren }) {
  const here = parsePermalink(url);
  if (here)
    return (
      <a
        href={url}
        onClick={(event) => {
          event.preventDefault();
          go({ thread: undefined, ...here });
        }}
      >
        {children}
      </a>
    );
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
