const PALETTE = [
  '7a4fc0',
  '2e7d4f',
  'b8433a',
  '2a6aa8',
  'a1561f',
  '1f7f86',
  'a33d78',
  '5d6b1e',
  '4a5fc1',
  '8a5a44',
  '6b5b95',
  '5b6472',
];

/** The colour of the n-th person of a workspace: neighbours differ, as their photos would. */
export const colourOf = (index: number): string => PALETTE[index % PALETTE.length] ?? '5b6472';

/**
 * A background on which white initials can be read (contrast of at least 4.5): the person's own colour, darkened as far
 * as needed, or one that follows from the name.
 */
export function avatarColour(name: string, own?: string | null): string {
  const sum = [...name].reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  const hex = /^#?([0-9a-f]{6})$/i.exec(own ?? '')?.[1] ?? colourOf(sum);
  let rgb = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  while (contrastWithWhite(rgb) < 4.5) rgb = rgb.map((part) => Math.floor(part * 0.93));
  return `rgb(${rgb.join(' ')})`;
}

function contrastWithWhite(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
