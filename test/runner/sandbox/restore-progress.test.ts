import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  readArchiveList,
  superuserOwners,
  withoutUserMappings,
} from '../../../src/runner/sandbox/archive-list.ts';
import { countBytesRead } from '../../../src/runner/sandbox/bytes-read.ts';
import { reportArchiveProgress, reportSqlProgress } from '../../../src/runner/sandbox/restore-progress.ts';
import type { Progress } from '../../../src/wire/progress.ts';

const LIST = `;
; Archive created at 2026-11-21 07:05:04 UTC
;
3340; 1262 16384 DATABASE - orders postgres
215; 1259 16397 TABLE public users bob
3344; 0 16397 TABLE DATA public users bob
3345; 0 16398 TABLE DATA public TABLE DATA bob
3350; 1259 16402 INDEX public users_mail bob
3351; 2606 16403 FK CONSTRAINT public a_fk bob
3352; 0 0 USER MAPPING - USER MAPPING bob SERVER far postgres
3353; 6104 16500 SUBSCRIPTION - sub postgres
3354; 3466 16501 EVENT TRIGGER - watch the boss
`;

describe('the list of an archive', () => {
  test('says how much there is to do, and what a copy must not have', () => {
    expect(readArchiveList(LIST)).toMatchObject({
      databaseLine: '3340; 1262 16384 DATABASE - orders postgres',
      dataItems: 2,
      laterItems: 4,
      userMappings: 1,
      subscriptions: 1,
    });
  });

  test('without user mappings keeps everything else in its order', () => {
    const kept = withoutUserMappings(readArchiveList(LIST)).trim().split('\n');
    expect(kept).toHaveLength(8);
    expect(kept.join()).not.toContain('USER MAPPING');
  });
});

describe('owners that must be superusers', () => {
  test('are those of event triggers and their like, by their whole name', () => {
    const roles = ['bob', 'boss', 'the boss', 'postgres'];
    expect(superuserOwners(readArchiveList(LIST), roles)).toEqual(['the boss']);
  });
});

describe('the progress of a restore', () => {
  test('goes from bytes to items when the last table is loaded', async () => {
    const said: Progress[] = [];
    const progress = reportArchiveProgress(
      (one) => said.push(one),
      { bytes: 1000, dataItems: 1, laterItems: 2 },
      5,
    );
    let read = 0;
    progress.start(async () => read);
    read = 400;
    progress.said({ kind: 'begun', item: 'TABLE DATA users' });
    await sleep(30);
    progress.said({ kind: 'finished', item: 'TABLE DATA users' });
    progress.said({ kind: 'finished', item: 'INDEX users_mail' });
    await sleep(30);
    progress.stop();
    const loading = said.find(({ stage }) => stage === 'Restoring table data');
    expect(loading).toMatchObject({ done: 400, total: 1000, unit: 'bytes' });
    expect(loading?.detail).toBe('TABLE DATA users (data 0 of 1, indexes and constraints 0 of 2)');
    expect(said.at(0)).toEqual({ stage: 'Creating tables' });
    expect(said.at(-1)).toMatchObject({
      stage: 'Building indexes and constraints',
      done: 1,
      total: 2,
      unit: 'items',
    });
    expect(said.at(-1)).not.toHaveProperty('etaMs');
  });

  test('of SQL text follows its bytes, and claims none for what comes after them', async () => {
    const said: Progress[] = [];
    let fed = 10;
    const progress = reportSqlProgress(
      (one) => said.push(one),
      100,
      () => fed,
      5,
    );
    await sleep(30);
    fed = 100;
    await sleep(30);
    progress.stop();
    expect(said.at(0)).toEqual({ stage: 'Restoring the SQL dump' });
    expect(said.at(1)).toMatchObject({ stage: 'Restoring the SQL dump', done: 10, total: 100 });
    expect(said.at(-1)).toEqual({ stage: 'Building indexes and constraints' });
  });

  test('counts the bytes that this very process reads, and none for one that is gone', async () => {
    expect(await countBytesRead(process.pid)()).toBeGreaterThan(1000);
    expect(await countBytesRead(2 ** 22 + 1)()).toBe(0);
  });
});
