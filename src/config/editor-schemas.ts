import type { z } from 'zod';
import { BotConfigFile } from './bot-config-file.ts';
import { CommandFile } from './command-file.ts';
import { PolicyFile } from './policy-file.ts';
import { RunnerConfig } from './runner-config.ts';
import { type JsonSchema, jsonSchema } from './schema-path.ts';

/** What each kind of file may hold, by the name of its file in `schemas/`. */
export const FILE_SCHEMAS = {
  'command.json': { title: 'A command of Twokey', schema: CommandFile },
  'policy.json': { title: 'A policy of Twokey', schema: PolicyFile },
  'runner.json': { title: "A Twokey runner's configuration", schema: RunnerConfig },
  'twokey.json': { title: "The Twokey bot's configuration", schema: BotConfigFile },
} as const satisfies Readonly<Record<string, { title: string; schema: z.ZodType }>>;

/** JSON Schemas with which editors complete and check the YAML files. */
export function editorSchemas(): readonly { readonly name: string; readonly schema: JsonSchema }[] {
  return Object.entries(FILE_SCHEMAS).map(([name, { title, schema }]) => ({
    name,
    schema: { title, ...jsonSchema(schema) },
  }));
}
