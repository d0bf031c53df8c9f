// Builds dist/: the program, the SQL migrations beside it, and the page of the local Slack.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';

const run = (tool, ...args) => execFileSync(`node_modules/.bin/${tool}`, args, { stdio: 'inherit' });

rmSync('dist', { recursive: true, force: true });
run('tsc', '-p', 'tsconfig.build.json');
cpSync('src/store/migrations', 'dist/store/migrations', { recursive: true });
if (existsSync('src/local-slack/page/vite.config.js'))
  run('vite', 'build', 'src/local-slack/page', '--logLevel', 'warn');
chmodSync('dist/main.js', 0o755);
