import type { JsonSchema } from './schema-path.ts';

/** One key of a file, as docs/configuration.md lists it. */
interface Row {
  /** `targets.<name>.backups[].kind`. */
  readonly key: string;
  readonly text: string;
  /** `required`, the default, or nothing. */
  readonly unless: string;
}

/** A Markdown table of every key that a file may hold, at any depth, in the order of the schema. */
export function keyTable(schema: JsonSchema): string {
  const rows = rowsBelow(schema, '');
  const seen = new Set<string>();
  const lines = rows
    .filter(({ key }) => !seen.has(key) && seen.add(key))
    .map(({ key, text, unless }) => `| \`${key}\` | ${text.replaceAll('|', '\\|')} | ${unless} |`);
  return ['| key | what it is | unless given |', '|---|---|---|', ...lines].join('\n');
}

function rowsBelow(schema: JsonSchema, path: string): Row[] {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return forms.flatMap((form) => (isSchema(form) ? rowsBelow(form, path) : []));
  if (isSchema(schema.items)) return rowsBelow(schema.items, `${path}[]`);
  const keys = Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    isSchema(property)
      ? keyRows(property, path === '' ? key : `${path}.${key}`, schema.required?.includes(key) === true)
      : [],
  );
  const named = isSchema(schema.additionalProperties)
    ? rowsBelow(schema.additionalProperties, `${path}.<name>`)
    : [];
  return [...keys, ...named];
}

function keyRows(schema: JsonSchema, key: string, required: boolean): Row[] {
  const choices = (schema.enum ?? []).map((value) => `\`${String(value)}\``);
  const text = [sentence(schema.description ?? ''), choices.length > 1 ? `One of ${choices.join(', ')}.` : '']
    .filter((part) => part !== '')
    .join(' ');
  const fallback = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
  const row = { key, text, unless: required ? 'required' : fallback };
  return isSecret(schema)
    ? [{ ...row, text: `${text} Written \`{ env: NAME }\`, or \`{ env: NAME, file: /path/.env }\`.` }]
    : [row, ...rowsBelow(schema, key)];
}

/** Where a secret is found is said in the same way everywhere. */
function isSecret({ properties }: JsonSchema): boolean {
  const variable = properties?.['env'];
  return isSchema(variable) && variable.writeOnly === true;
}

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
