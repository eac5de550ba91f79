import { benchEvents } from './events.js';
import { printFigures, type Figures } from './figures.js';
import { benchMemory } from './memory.js';
import { benchLatency, benchRuns } from './runs.js';
import { benchSmtpAccept } from './smtp-accept.js';
import { startBenchStack, type BenchStack } from './stack.js';

/** By name: `npm run bench -- runs latency`; all of them without a name. */
const BENCHES: Record<string, { title: string; run: (stack: BenchStack) => Promise<Figures> }> = {
  runs: { title: 'Throughput of runs', run: (stack) => benchRuns(stack, 800) },
  accepts: {
    title: 'SMTP acceptance, workers stopped',
    run: (stack) => benchSmtpAccept({ port: stack.ports.ingress }),
  },
  events: { title: 'Live feed', run: benchEvents },
  memory: { title: 'Memory', run: benchMemory },
  latency: { title: 'From 250 to the final state', run: benchLatency },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`no bench is named ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(1);
}
const names = asked.length > 0 ? asked : Object.keys(BENCHES);
for (const name of names) {
  const { title, run } = BENCHES[name]!;
  const stack = await startBenchStack();
  try {
    await stack.start('ingress');
    printFigures(title, await run(stack));
  } finally {
    await stack.end();
  }
}
process.exit(0);
