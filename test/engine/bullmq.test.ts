import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openBullmqEngine } from '../../src/engine/bullmq.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type TestDatabase, testDatabase } from '../support/embedded.ts';

let database: TestDatabase;
let engine: Engine;

beforeAll(async () => {
  database = await testDatabase();
  const log = pino({ level: 'silent' });
  engine = await openBullmqEngine({ backend: 'postgres', url: database.connectionString, log });
});
afterAll(async () => {
  await engine.close();
  await database.drop();
});

test('a ring is answered, and one bell does not ring another', async () => {
  const heard: string[] = [];
  await engine.answer('here', async () => {
    heard.push('here');
  });
  await engine.answer('there', async () => {
    heard.push('there');
  });
  await engine.ring('here');
  const deadline = Date.now() + 10_000;
  while (heard.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard).toEqual(['here']);
});

test('a handler that fails is not run again by the engine', async () => {
  let runs = 0;
  await engine.answer('failing', async () => {
    runs += 1;
    throw new Error('no');
  });
  await engine.ring('failing');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(runs).toBe(1);
});
