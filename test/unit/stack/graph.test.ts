import { describe, expect, it } from 'vitest';
import { dependentsOf, startOrder } from '../../../src/stack/graph.js';

const node = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });
const names = (groups: { name: string }[][]) => groups.map((group) => group.map(({ name }) => name));

describe('startOrder', () => {
  it('puts what is needed first and what is independent side by side', () => {
    const order = startOrder([
      node('api', 'migrate'),
      node('migrate', 'postgres', 'temporal'),
      node('temporal'),
      node('postgres'),
      node('worker', 'migrate'),
    ]);
    expect(names(order)).toEqual([['temporal', 'postgres'], ['migrate'], ['api', 'worker']]);
  });

  it('names every member of a cycle, in order, and of every cycle', () => {
    const nodes = [
      node('a', 'b'),
      node('b', 'c'),
      node('c', 'a'),
      node('x', 'y'),
      node('y', 'x'),
      node('outside', 'a'),
    ];
    expect(() => startOrder(nodes)).toThrow('a -> b -> c -> a');
    expect(() => startOrder(nodes)).toThrow('x -> y -> x');
    expect(() => startOrder(nodes)).not.toThrow('outside');
  });

  it('says that a service depends on itself', () => {
    expect(() => startOrder([node('loop', 'loop')])).toThrow('loop -> loop');
  });

  it('names a missing dependency, who needs it, and what there is', () => {
    expect(() => startOrder([node('api', 'postgress'), node('postgres')])).toThrow(
      '"api" depends on "postgress", which is not there; there are: api, postgres',
    );
  });

  it('refuses a name that is used twice', () => {
    expect(() => startOrder([node('api'), node('api')])).toThrow('"api" is defined more than once');
  });

  it('orders an empty graph', () => {
    expect(startOrder([])).toEqual([]);
  });
});

it('dependentsOf gives the direct dependents', () => {
  const nodes = [node('postgres'), node('migrate', 'postgres'), node('api', 'migrate')];
  expect(dependentsOf(nodes, 'postgres').map(({ name }) => name)).toEqual(['migrate']);
});
