import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './process-identity.js';
import { stackProcess } from './stack.js';

const SAY_EVERY_MS = 5_000;

/** Asks the stack that runs on this home to stop and waits until it has. Gives the exit code. */
export async function stopRunningStack(home: string, say: (text: string) => void): Promise<number> {
  const owner = await stackProcess(home);
  if (owner === null) {
    say(`Everpost is not running on ${home}.`);
    return 0;
  }
  process.kill(owner.pid, 'SIGTERM');
  say(`Stopping Everpost (process ${owner.pid})`);
  let told = Date.now();
  while (await isRunning(owner)) {
    await sleep(100);
    if (Date.now() - told < SAY_EVERY_MS) continue;
    told = Date.now();
    say('  still stopping');
  }
  say('Everpost has stopped.');
  return 0;
}
