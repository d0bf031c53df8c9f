/** Slack's own second names for emoji that policies use; custom aliases never count. */
const ALIASES: Readonly<Record<string, string>> = { thumbsup: '+1', thumbsdown: '-1' };

/** `+1::skin-tone-4`, `thumbsup` and `+1` are one emoji; anything else is itself. */
export function sameEmoji(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

function canonical(name: string): string {
  const [plain = ''] = name.split('::');
  return ALIASES[plain] ?? plain;
}
