import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

export interface Share {
  module: string;
  percent: number;
}

const SHOWN = 12;

/** Runs a process that writes CPU profiles into a folder, and sums the largest up by module, idle time left out. */
export async function profileShares(run: (folder: string) => Promise<void>): Promise<Share[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-bench-profile-'));
  try {
    await run(folder);
    const files = (await readdir(folder)).map((name) => path.join(folder, name));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    const largest = files[sizes.indexOf(Math.max(...sizes))];
    if (largest === undefined) return [];
    return sharesOf(JSON.parse(await readFile(largest, 'utf8')) as CpuProfile).slice(0, SHOWN);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Self time; what native code and Node's own modules do counts for the nearest module that called them. */
function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Share[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const moduleOf = new Map<number, string>();
  const find = (id: number): string => {
    const known = moduleOf.get(id);
    if (known !== undefined) return known;
    const { functionName, url } = byId.get(id)!.callFrame;
    const parent = parents.get(id);
    const own = /^\((?:idle|program|garbage collector)\)$/.test(functionName) ? functionName : named(url);
    const module = own ?? (parent === undefined ? 'Node itself' : find(parent));
    moduleOf.set(id, module);
    return module;
  };
  const time = new Map<string, number>();
  let all = 0;
  for (const [at, id] of samples.entries()) {
    const module = find(id);
    if (module === '(idle)') continue;
    const spent = timeDeltas[at] ?? 0;
    time.set(module, (time.get(module) ?? 0) + spent);
    all += spent;
  }
  return [...time]
    .map(([module, spent]) => ({ module, percent: (100 * spent) / all }))
    .toSorted((one, other) => other.percent - one.percent);
}

function named(url: string): string | null {
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  const own = /\/dist\/(.+)\.js/.exec(url)?.[1];
  return own ?? null;
}
