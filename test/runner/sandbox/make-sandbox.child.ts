// Makes a sandbox and waits to be killed: what a runner leaves when it dies.
import { sandboxPlaceAt } from '../../support/sandbox.ts';

await sandboxPlaceAt(process.argv[2] ?? '').create({ operation: 'OP-DEAD' });
setInterval(() => {}, 60_000);
