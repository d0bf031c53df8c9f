import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A real Redis on a socket of its own, which a test may kill and start again, empty. */
export interface TestRedis {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  remove(): Promise<void>;
}

export async function testRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'twokey-redis-'));
  const socket = join(directory, 'redis.sock');
  const run = () =>
    execa('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory], {
      reject: false,
    });
  let running: ReturnType<typeof run> | null = null;
  const kill = async (): Promise<void> => {
    running?.kill('SIGKILL');
    await running;
    running = null;
  };
  return {
    url: socket,
    kill,
    async start() {
      running = run();
      for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
        const { stdout } = await execa('redis-cli', ['-s', socket, 'ping'], { reject: false });
        if (stdout === 'PONG') return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error('redis-server does not answer: is it installed?');
    },
    async remove() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
