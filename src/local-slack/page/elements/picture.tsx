import { fileAddress } from '../state/api.ts';
import { Icon } from '../widgets/icon.tsx';
import type { Image } from './model.ts';

/** An image of this workspace. One from elsewhere is named, not loaded: no request leaves the machine. */
export function Picture({ image, look }: { image: Image; look: string }) {
  const address = localAddress(image);
  if (address) return <img class={look} src={address} alt={image.alt_text} />;
  return (
    <span class="picture-elsewhere" title={image.image_url}>
      <Icon name="file" size={14} /> {image.alt_text || 'image'}
    </span>
  );
}

function localAddress({ image_url, slack_file }: Image): string | undefined {
  if (slack_file?.id) return fileAddress(slack_file.id);
  const given = image_url ?? slack_file?.url ?? '';
  if (given.startsWith('data:image/')) return given;
  return URL.canParse(given, location.href) && new URL(given, location.href).origin === location.origin
    ? given
    : undefined;
}
