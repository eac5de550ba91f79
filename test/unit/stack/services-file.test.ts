import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readServices, readServicesFile, ServicesError } from '../../../src/stack/services-file.js';
import { PROFILES, type Profile } from '../../../src/stack/service-definition.js';
import { readConfig } from '../../../src/config.js';
import { stackSettings, stackVariables } from '../../../src/stack/settings.js';

const variables = stackVariables(stackSettings(readConfig({})), 'postgres://u:p@127.0.0.1:5439/everpost');
const read = (text: string, profile: Profile = 'development') => readServices(text, { profile, variables });
const names = (groups: { name: string }[][]) => groups.map((group) => group.map(({ name }) => name).toSorted());

const service = (name: string, rest = '') => `
  - name: ${name}
    profiles: [development]
    start: { kind: process, command: [node, x.js] }
    ready: { kind: tcp, port: 9 }
    ${rest}`;

describe('the services of the project', () => {
  const file = path.resolve('src/stack/services.yaml');

  it.each(PROFILES)('profile %s is a graph that can be ordered', async (profile) => {
    const groups = await readServicesFile(file, { profile, variables });
    expect(names(groups)[0]).toEqual(['postgres', 'temporal']);
    expect(names(groups)[1]).toEqual(['migrate']);
  });

  it('have the processes that each profile promises', async () => {
    const third = async (profile: Profile) => names(await readServicesFile(file, { profile, variables }))[2];
    expect(await third('testing')).toBeUndefined();
    expect(await third('minimal')).toEqual(['api', 'ingress', 'worker']);
    expect(await third('development')).toEqual(['api', 'ingress', 'worker']);
    expect(await third('full')).toEqual(['api', 'ingress', 'worker', 'worker-2']);
  });

  it('leave the Web UI out of the minimal profile', async () => {
    const temporal = async (profile: Profile) =>
      (await readServicesFile(file, { profile, variables })).flat().find(({ name }) => name === 'temporal');
    expect((await temporal('minimal'))?.start).toEqual({ kind: 'temporal', webUi: false });
    expect((await temporal('minimal'))?.needs.ports).toEqual(['temporal']);
    expect((await temporal('development'))?.needs.ports).toEqual(['temporal', 'temporalUi']);
  });
});

describe('a services file', () => {
  it('fills in defaults and variables', () => {
    const [[only] = []] = read(`services:${service('api', "env: { URL: '${databaseUrl}' }")}`);
    expect(only).toMatchObject({
      env: { URL: 'postgres://u:p@127.0.0.1:5439/everpost' },
      restart: { policy: 'on-failure', limit: 5, withinMs: 60_000 },
      stop: { signal: 'SIGTERM', graceMs: 10_000 },
    });
  });

  it('with bad YAML is refused with line and column', () => {
    expect(() => read('services:\n  - name: [a')).toThrow(/services.yaml is wrong:[\s\S]*line 2, column/);
  });

  it('tells every wrong field at once, with its service', () => {
    const text = `services:${service('api', 'stop: { signal: SIGBLUNT }')}${service('web', 'color: red')}`;
    expect(() => read(text)).toThrow(ServicesError);
    expect(() => read(text)).toThrow(/service "api": stop\.signal: .*SIGTERM/);
    expect(() => read(text)).toThrow(/service "web": .*color/);
  });

  it('names an unknown variable and those there are', () => {
    expect(() => read(`services:${service('api', "env: { A: '${nope}' }")}`)).toThrow(
      /service "api": \$\{nope\} is unknown; there are: home,/,
    );
  });

  it('refuses a dependency that the profile leaves out, and says so', () => {
    const other = service('other').replace('development', 'full');
    expect(() => read(`services:${other}${service('api', 'dependsOn: [other]')}`)).toThrow(
      '"api" depends on "other", which is not there; there are: api (profile development)',
    );
  });

  it('names the members of a cycle', () => {
    const text = `services:${service('a', 'dependsOn: [b]')}${service('b', 'dependsOn: [c]')}${service('c', 'dependsOn: [a]')}`;
    expect(() => read(text)).toThrow('a -> b -> c -> a');
  });

  it('refuses a task that is not ready by its exit code', () => {
    const text = `services:${service('job').replace('kind: process', 'kind: task')}`;
    expect(() => read(text)).toThrow(/service "job": ready: a task is ready by its exit code/);
  });

  it('without services is refused', () => {
    expect(() => read('')).toThrow(ServicesError);
    expect(() => read('services: []')).toThrow(ServicesError);
  });
});
