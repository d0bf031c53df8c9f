import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (draft 2020-12) of what may be written in a file, before defaults are filled in. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** The keys that may stand in the mapping at `path`; `value` decides between the forms of a union. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[], value: unknown): string[] {
  const forms = formsAt(schema, path);
  const fitting = forms.filter((form) => fits(form, value));
  return [
    ...new Set((fitting.length > 0 ? fitting : forms).flatMap((form) => Object.keys(form.properties ?? {}))),
  ];
}

/** True where a value may be a secret written in the wrong place, which no message may repeat. */
export function isSecretAt(schema: JsonSchema, path: readonly PropertyKey[]): boolean {
  return formsAt(schema, path).some(({ writeOnly }) => writeOnly === true);
}

function formsAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  return path.reduce<JsonSchema[]>(
    (forms, key) => forms.flatMap((form) => flatten(below(form, key))),
    flatten(schema),
  );
}

function below(form: JsonSchema, key: PropertyKey): unknown {
  if (typeof key === 'number') return form.items;
  const properties = form.properties ?? {};
  return Object.hasOwn(properties, key) ? properties[String(key)] : form.additionalProperties;
}

function flatten(schema: unknown): JsonSchema[] {
  if (!isSchema(schema)) return [];
  const forms = schema.anyOf ?? schema.oneOf;
  return forms === undefined ? [schema] : forms.flatMap(flatten);
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}

/** True when every constant of the form, such as `kind: s3`, is what the value says. */
function fits(form: JsonSchema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const entries: Readonly<Record<string, unknown>> = { ...value };
  return Object.entries(form.properties ?? {}).every(
    ([key, property]) =>
      !isSchema(property) || property.const === undefined || property.const === entries[key],
  );
}
