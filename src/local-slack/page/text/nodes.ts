/** A piece of formatted text, whatever it was written in (mrkdwn, Markdown or rich_text). */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly url: string; readonly children: readonly Inline[] }
  | { readonly type: 'user' | 'channel' | 'group'; readonly id: string; readonly label?: string }
  | { readonly type: 'broadcast'; readonly range: string }
  | {
      readonly type: 'date';
      readonly at: number;
      readonly format: string;
      readonly fallback: string;
      readonly url?: string;
    }
  | { readonly type: 'emoji'; readonly name: string }
  | { readonly type: 'break' };

/** A paragraph-like part of a text. */
export type Part =
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  /** A line that begins with a bullet or number of its own; drawn with a hanging indent. */
  | { readonly type: 'item'; readonly marker: string; readonly children: readonly Inline[] }
  | {
      readonly type: 'list';
      readonly ordered: boolean;
      readonly indent: number;
      readonly start: number;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly type: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly type: 'quote'; readonly parts: readonly Part[] }
  | { readonly type: 'pre'; readonly text: string }
  | { readonly type: 'rule' }
  | { readonly type: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] };
