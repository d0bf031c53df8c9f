import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { cleanUpWhenStopped, createCleanUp } from '../../src/demo/clean-up.ts';

describe('a clean-up', () => {
  test('undoes the newest first, once, and goes on after a failure', async () => {
    const done: string[] = [];
    const cleanUp = createCleanUp();
    cleanUp.add('directory', async () => done.push('directory'));
    cleanUp.add('server', async () => {
      throw new Error('it hangs');
    });
    cleanUp.add('bot', async () => {
      done.push('bot');
      cleanUp.add('late', async () => done.push('late'));
    });
    const running = cleanUp.run();
    expect(cleanUp.stopping.aborted).toBe(true);
    await expect(running).rejects.toThrow('Left behind:\n  - server: it hangs');
    expect(cleanUp.run()).toBe(running);
    expect(done).toEqual(['bot', 'late', 'directory']);
  });

  test('does not wait for ever', async () => {
    const cleanUp = createCleanUp();
    cleanUp.add('runner', () => new Promise(() => {}), 50);
    await expect(cleanUp.run()).rejects.toThrow('runner: not done within 0.05 s');
  });
});

/** Stands in for `process`: it cannot be ended in a test. */
function fakeProgram() {
  const events = new EventEmitter();
  const exits: number[] = [];
  const ended = new Promise<void>((resolve) => events.once('ended', () => resolve()));
  const on = (event: string, listener: (...args: unknown[]) => void) => events.on(event, listener);
  const exit = (code: number) => {
    exits.push(code);
    events.emit('ended');
  };
  return { program: { on, exit }, events, exits, ended };
}

describe('a program that is told to stop', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('on %s cleans up and exits with %i', async (name, code) => {
    const { program, events, exits, ended } = fakeProgram();
    const cleanUp = createCleanUp();
    const done: string[] = [];
    cleanUp.add('server', async () => done.push('server'));
    cleanUpWhenStopped(cleanUp, () => {}, program);
    events.emit(name);
    await ended;
    expect(done).toEqual(['server']);
    expect(exits).toEqual([code]);
  });

  test('exits at once on the second signal', () => {
    const { program, events, exits } = fakeProgram();
    const cleanUp = createCleanUp();
    cleanUp.add('server', () => new Promise(() => {}), 100);
    cleanUpWhenStopped(cleanUp, () => {}, program);
    events.emit('SIGINT');
    expect(exits).toEqual([]);
    events.emit('SIGINT');
    expect(exits).toEqual([130]);
  });

  test('cleans up after an error that nobody caught, and names what is left', async () => {
    const { program, events, exits, ended } = fakeProgram();
    const said: string[] = [];
    const cleanUp = createCleanUp();
    cleanUp.add('user', () => Promise.reject(new Error('busy')));
    cleanUpWhenStopped(cleanUp, (line) => said.push(line), program);
    events.emit('uncaughtException', new Error('boom'));
    await ended;
    expect(said.join('\n')).toMatch(/boom[\s\S]*Left behind:\n {2}- user: busy/);
    expect(exits).toEqual([1]);
  });
});
