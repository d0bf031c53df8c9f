import { expect, test } from '@jest/globals';
import { startBeginner } from '../../src/runner/begin.ts';
import type { Link } from '../../src/runner/connect.ts';

const asked: string[] = [];
const link: Link = {
  send(frame) {
    asked.push(frame.type);
    return true;
  },
  offer: () => false,
  isUp: () => true,
  close() {},
};
const begun = (ok: boolean, step = 'reset') => ({
  type: 'begun' as const,
  operation: 'a',
  step,
  ok,
  code: ok ? null : 'freeze',
});
const never = new AbortController().signal;

test('a yes lets the step begin', async () => {
  const beginner = startBeginner(() => link);
  const answer = beginner.ask('a', 'reset', 3, never);
  beginner.answer(begun(true));
  expect(await answer).toBeNull();
  expect(asked).toEqual(['begin']);
});

test('a no is told with its reason; an answer to another step is none', async () => {
  const beginner = startBeginner(() => link);
  const answer = beginner.ask('a', 'reset', 3, never);
  beginner.answer(begun(true, 'another'));
  beginner.answer(begun(false));
  expect(await answer).toMatchObject({ code: 'begin_refused', text: expect.stringContaining('freeze') });
});

test('no answer in time is a no, also while the link is down', async () => {
  const beginner = startBeginner(() => null, 30);
  expect(await beginner.ask('a', 'reset', 3, never)).toMatchObject({ code: 'begin_unanswered' });
});

test('a cancel ends the wait', async () => {
  const beginner = startBeginner(() => link);
  const cancel = new AbortController();
  const answer = beginner.ask('a', 'reset', 3, cancel.signal);
  cancel.abort();
  expect(await answer).toMatchObject({ code: 'begin_refused' });
});
