import { type Document, isScalar, Lexer, LineCounter, parseAllDocuments, visit } from 'yaml';
import { type ConfigProblem, fileProblem } from './problem.ts';

/** The longest file that is read: a hundred times the longest that anybody wrote. */
const FILE_CHARACTERS_MAX = 262_144;
/** Deeper than any schema here, and far from where the parser itself runs out of memory. */
const NESTING_MAX = 32;

export interface YamlDocument {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/**
 * One plain document: mappings with text for keys, lists and scalars. No aliases (a file is read by
 * people, and an alias can make a gigabyte of a line), no tags, no second document.
 */
export function parseDocument(
  text: string,
  file: string,
): YamlDocument | { readonly problems: ConfigProblem[] } {
  const unfit = tooLarge(text, file);
  if (unfit !== null) return { problems: [unfit] };
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const [document, second] = parsed;
  if (!Array.isArray(parsed) || document === undefined) {
    return { problems: [fileProblem(file, 'the file is empty')] };
  }
  const problem = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: '', message };
  };
  const errors = parsed.flatMap((part) => [...part.errors, ...part.warnings]);
  const problems = errors
    // Where the parser has lost its way, only the first of its complaints means anything.
    .filter(({ code }, index) => code !== 'UNEXPECTED_TOKEN' || index === 0)
    .map((error) => problem(error.pos[0], inWords(error.code, error.message)));
  problems.push(...unwanted(document, problem));
  if (second !== undefined)
    problems.push(
      problem(second.range[0], 'a second document (`---`) in one file; give it a file of its own'),
    );
  return problems.length > 0 ? { problems } : { document, lines };
}

function tooLarge(text: string, file: string): ConfigProblem | null {
  if (text.length > FILE_CHARACTERS_MAX) {
    return fileProblem(file, `the file has ${text.length} characters, more than ${FILE_CHARACTERS_MAX}`);
  }
  return nesting(text) > NESTING_MAX
    ? fileProblem(file, `nested more than ${NESTING_MAX} levels deep`)
    : null;
}

/** The parser calls itself for each level, so depth is measured on its tokens, before it runs. */
function nesting(text: string): number {
  let [open, inLine, deepest] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open += 1;
    else if (token === ']' || token === '}') open -= 1;
    else if (token === '-' || token === '?' || token === ':') inLine += 1;
    else if (token.includes('\n')) inLine = 0;
    deepest = Math.max(deepest, open + inLine);
  }
  return deepest;
}

function unwanted(
  document: Document.Parsed,
  problem: (offset: number, message: string) => ConfigProblem,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const offset = (node: { range?: readonly [number, ...number[]] | null | undefined }): number =>
    node.range?.[0] ?? 0;
  visit(document, {
    Alias: (_, alias) => {
      problems.push(problem(offset(alias), 'aliases (`*name`) are not read here; write the value out'));
    },
    Value: (_, node) => {
      if (node.anchor !== undefined)
        problems.push(problem(offset(node), 'anchors (`&name`) are not read here'));
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && typeof key.value === 'string' && key.value !== '__proto__') return;
      const at = isScalar(key) || (typeof key === 'object' && key !== null && 'range' in key) ? key : {};
      problems.push(problem(offset(at), 'keys must be text; put quotes around it'));
    },
  });
  return problems;
}

/** The parser's own words, where they do not say what to do. */
function inWords(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key is given twice';
  if (code === 'TAB_AS_INDENT') return 'a tab; indent with spaces';
  if (code === 'TAG_RESOLVE_FAILED') return `${message}; tags are not read here`;
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return 'a second colon in one line; put quotes around the value';
  if (code === 'UNEXPECTED_TOKEN')
    return 'not YAML from here on; a value with any of { } [ ] , : # needs quotes around it';
  return `not YAML: ${message}`;
}
