import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config.js';
import { freePort } from '../../src/stack/ports.js';
import { stackSettings, type StackSettings } from '../../src/stack/settings.js';

const PROGRAM = path.resolve('test/integration/stack-fixtures/service.mjs');

interface ServiceSpec {
  name: string;
  dependsOn?: string[];
  mode?: string;
  /** More YAML fields, in flow style. */
  fields?: string;
}

/** A home with a service graph of its own, whose services are real processes on free ports. */
export interface Bench {
  home: string;
  servicesFile: string;
  settings: StackSettings;
  ports: Map<string, number>;
  journal: () => Promise<string[]>;
  remove: () => Promise<void>;
}

export async function makeBench(services: ServiceSpec[], env: NodeJS.ProcessEnv = {}): Promise<Bench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-stack-'));
  const home = path.join(folder, 'home');
  const journal = path.join(folder, 'journal');
  const servicesFile = path.join(folder, 'services.yaml');
  const ports = new Map<string, number>();
  for (const { name } of services) ports.set(name, await freePort());
  await writeFile(journal, '');
  await writeFile(
    servicesFile,
    `services:\n${services.map((spec) => yamlOf(spec, journal, ports.get(spec.name) ?? 0)).join('')}`,
  );
  return {
    home,
    servicesFile,
    settings: stackSettings(readConfig({ EVERPOST_HOME: home, ...env })),
    ports,
    journal: async () => (await readFile(journal, 'utf8')).split('\n').filter((line) => line !== ''),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function yamlOf(
  { name, dependsOn = [], mode = 'good', fields = '' }: ServiceSpec,
  journal: string,
  port: number,
): string {
  return `
  - name: ${name}
    profiles: [testing]
    dependsOn: [${dependsOn.join(', ')}]
    start: { kind: process, command: [node, ${PROGRAM}, ${journal}, ${name}, '${port}', ${mode}] }
    ready: { kind: http, url: 'http://127.0.0.1:${port}/healthz' }
    backoff: { baseMs: 20, capMs: 50 }
    health: { everyMs: 100, failures: 2 }
    ${fields}
`;
}
