import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv, env, exit, stdout } from 'node:process';
import { authentication } from './authentication.js';
import { bounceMatching } from './bounce-matching.js';
import { bounces } from './bounces.js';
import { classification } from './classification.js';
import { dates } from './dates.js';
import { embeddings } from './embeddings.js';
import { entities } from './entities.js';
import { homograph } from './homograph.js';
import { injection } from './injection.js';
import { language } from './language.js';
import { learning } from './learning.js';
import { modelInjection } from './model-injection.js';
import { parsing } from './parsing.js';
import { phishing } from './phishing.js';
import { prediction } from './prediction.js';
import type { QualityArea, QualityReport } from './quality-area.js';
import { signatures } from './signatures.js';
import { signing } from './signing.js';
import { meetings } from './meetings.js';
import { requests } from './requests.js';
import { spam } from './spam.js';
import { summary } from './summary.js';
import { translation } from './translation.js';
import { voice } from './voice.js';

const AREAS: readonly QualityArea[] = [
  parsing,
  authentication,
  bounceMatching,
  bounces,
  homograph,
  phishing,
  injection,
  modelInjection,
  spam,
  prediction,
  language,
  signatures,
  signing,
  learning,
  entities,
  embeddings,
  dates,
  classification,
  translation,
  voice,
  meetings,
  requests,
  summary,
];

/**
 * `npm run quality [-- AREA...]`: every figure of docs/quality.md, measured anew. Ends with 1 where a target is missed.
 */
async function main(): Promise<number> {
  const data = resolve(env['EVERPOST_TEST_DATA'] ?? '../shared/data');
  const asked = argv.slice(2);
  const unknown = asked.filter((name) => !AREAS.some((area) => area.name === name));
  if (unknown.length > 0) {
    stdout.write(`there is no area ${unknown.join(', ')}: there are ${AREAS.map(({ name }) => name).join(', ')}\n`);
    return 64;
  }
  let missed = 0;
  for (const area of AREAS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const absent = area.needs.filter((folder) => !existsSync(join(data, folder)));
    if (absent.length > 0) {
      stdout.write(`\n## ${area.name}\nskipped: ${absent.join(', ')} is not in ${data}\n`);
      continue;
    }
    const report = await area.measure(data);
    missed += report.figures.filter(({ met }) => met === false).length;
    stdout.write(`\n## ${area.name}\n${format(report)}`);
  }
  return missed === 0 ? 0 : 1;
}

function format({ figures, differences }: QualityReport): string {
  const lines = figures.map(({ name, value, target, met }) => {
    const verdict = met === null ? '' : met ? ', met' : ', MISSED';
    return `- ${name}: ${value}${target === null ? '' : ` (${target}${verdict})`}`;
  });
  const cases = differences.map((difference) => `  - ${difference.case}: ${difference.reason}`);
  return `${[...lines, ...(cases.length > 0 ? ['- differences:', ...cases] : [])].join('\n')}\n`;
}

exit(await main());
