import { setFlagsFromString } from 'node:v8';
import { readConfig } from '../config.js';
import { runIngress } from './run-ingress.js';

// Messages pass through a small heap quickly. By default V8 then marks all of it six times a second, a quarter of the
// process's CPU (measured at 1,200 messages a second); with room for a few times what lives, hardly ever.
setFlagsFromString('--heap-growing-percent=300');

try {
  await runIngress(readConfig());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
