import { benchDelivery } from './delivery/delivery.js';
import { benchEvents } from './events.js';
import { printFigures, type Figures } from './figures.js';
import { benchMemory } from './memory.js';
import { benchParsing } from './parsing.js';
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
  delivery: { title: 'Sending', run: benchDelivery },
  latency: { title: 'From 250 to the final state', run: benchLatency },
};

/** What needs no server. */
const ALONE: Record<string, { title: string; run: () => Promise<Figures> }> = {
  parsing: { title: 'Parsing of 1,000 ordinary mails', run: benchParsing },
};

const asked = process.argv.slice(2);
const known = [...Object.keys(BENCHES), ...Object.keys(ALONE)];
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no bench is named ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(1);
}
const names = asked.length > 0 ? asked : known;
for (const name of names) {
  const alone = ALONE[name];
  if (alone !== undefined) {
    printFigures(alone.title, await alone.run());
    continue;
  }
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
