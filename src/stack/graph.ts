/** A node of the service graph: what must run before it. */
export interface GraphNode {
  name: string;
  dependsOn: readonly string[];
}

export class GraphError extends Error {
  override name = 'GraphError';
}

/**
 * Groups of services that may start side by side, in the order in which the groups start.
 *
 * @throws GraphError that names every duplicate, every missing dependency and every cycle at once
 */
export function startOrder<N extends GraphNode>(nodes: readonly N[]): N[][] {
  const problems = [...duplicates(nodes), ...missing(nodes), ...cycles(nodes)];
  if (problems.length > 0) throw new GraphError(problems.join('\n'));
  const groups: N[][] = [];
  const placed = new Set<string>();
  while (placed.size < nodes.length) {
    const group = nodes.filter((node) => !placed.has(node.name) && node.dependsOn.every((name) => placed.has(name)));
    for (const node of group) placed.add(node.name);
    groups.push(group);
  }
  return groups;
}

/** The services that depend on this one directly: they stop before it. */
export function dependentsOf<N extends GraphNode>(nodes: readonly N[], name: string): N[] {
  return nodes.filter((node) => node.dependsOn.includes(name));
}

function duplicates(nodes: readonly GraphNode[]): string[] {
  const names = nodes.map((node) => node.name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => `the service "${name}" is defined more than once`);
}

function missing(nodes: readonly GraphNode[]): string[] {
  const names = nodes.map((node) => node.name);
  return nodes.flatMap((node) =>
    node.dependsOn
      .filter((name) => !names.includes(name))
      .map((name) => `"${node.name}" depends on "${name}", which is not there; there are: ${names.join(', ')}`),
  );
}

function cycles(nodes: readonly GraphNode[]): string[] {
  const found: string[] = [];
  let rest = [...nodes];
  for (;;) {
    const cycle = firstCycle(rest);
    if (cycle === null) return found;
    found.push(`services depend on each other in a circle: ${[...cycle, cycle[0]].join(' -> ')}`);
    rest = rest.filter((node) => !cycle.includes(node.name));
  }
}

/** Depth first; the members of the first cycle met, each followed by what it depends on. */
function firstCycle(nodes: readonly GraphNode[]): string[] | null {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | null => {
    const start = path.indexOf(name);
    if (start !== -1) return path.slice(start);
    const node = byName.get(name);
    if (node === undefined || done.has(name)) return null;
    for (const dependency of node.dependsOn) {
      const cycle = visit(dependency, [...path, name]);
      if (cycle !== null) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const node of nodes) {
    const cycle = visit(node.name, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
