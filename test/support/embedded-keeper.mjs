// Ends the embedded PostgreSQL of one test worker when the worker is gone, however it went: its end of
// our standard input closes. Arguments: the server's directory.
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [directory] = process.argv.slice(2);
process.on('SIGINT', () => {});
for await (const _ of process.stdin);

const alive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
try {
  const pid = Number(readFileSync(`${directory}/data/postmaster.pid`, 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
  for (let i = 0; i < 200 && alive(pid); i++) await sleep(50);
} catch {
  // It has already ended.
}
rmSync(directory, { recursive: true, force: true });
