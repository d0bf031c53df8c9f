import { Blocks } from '../blocks/blocks.tsx';
import type { Attachment } from '../state/model.ts';
import { Mrkdwn } from '../text/view.tsx';

const NAMED: Readonly<Record<string, string>> = { good: '2eb67d', warning: 'ecb22e', danger: 'e01e5a' };

/** A secondary attachment with its coloured bar, the older way to frame a message. */
export function LegacyAttachment({ attachment }: { attachment: Attachment }) {
  const given = (attachment.color ?? '').replace('#', '');
  const colour = NAMED[given] ?? (/^[0-9a-f]{6}$/i.test(given) ? given : undefined);
  const blocks = attachment.blocks ?? [];
  return (
    <div class="attachment" style={colour ? { '--bar': `#${colour}` } : {}}>
      {attachment.title && <b>{attachment.title}</b>}
      {blocks.length > 0 ? (
        <Blocks blocks={blocks} />
      ) : (
        <Mrkdwn text={attachment.text || attachment.fallback || ''} />
      )}
    </div>
  );
}
