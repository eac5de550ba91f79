import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.js';
import { checkResources, thisMachine, type Machine } from '../../../src/stack/resources.js';
import { readServices } from '../../../src/stack/services-file.js';
import { stackSettings, type StackSettings } from '../../../src/stack/settings.js';

const settings = stackSettings(readConfig({ EVERPOST_HOME: '/data/everpost' }));
const ample: Machine = {
  availableMemoryMb: () => 8_000,
  freeDiskMb: async () => 50_000,
  portState: async () => 'free',
};
const services = readServices(
  `services:
  - name: database
    profiles: [full]
    start: { kind: process, command: [x] }
    ready: { kind: tcp, port: 5439 }
    needs: { memoryMb: 300, diskMb: 500, ports: [postgres] }
  - name: api
    profiles: [full]
    start: { kind: process, command: [x] }
    ready: { kind: tcp, port: 3000 }
    needs: { memoryMb: 200, ports: [api] }
`,
  { profile: 'full', variables: {} },
).flat();

const check = (machine: Partial<Machine>, changed: Partial<StackSettings> = {}) =>
  checkResources(services, { ...settings, ...changed }, { ...ample, ...machine });

describe('the resource check', () => {
  it('passes where there is enough', async () => {
    await expect(check({})).resolves.toBeUndefined();
  });

  it('names memory with the share of each service and a way out', async () => {
    await expect(check({ availableMemoryMb: () => 400 })).rejects.toThrow(
      'memory: 500 MB are needed (database 300, api 200), 400 MB are available: end other programs or choose a smaller profile (--profile minimal)',
    );
  });

  it('names disk with its folder and the setting that changes it', async () => {
    await expect(check({ freeDiskMb: async () => 100 })).rejects.toThrow(
      /disk: 500 MB are needed in \/data\/everpost .*set EVERPOST_HOME/,
    );
  });

  it('names a port in use, its service and the setting that changes it', async () => {
    const portState = async (port: number) => (port === 3000 ? 'EADDRINUSE' : 'free');
    await expect(check({ portState })).rejects.toThrow(
      'port 3000 of api is in use by another program: end that program or set EVERPOST_API_PORT to another port',
    );
  });

  it('tells everything that is missing at once', async () => {
    const poor = { availableMemoryMb: () => 1, freeDiskMb: async () => 1, portState: async () => 'EACCES' };
    await expect(check(poor)).rejects.toThrow(/memory:[\s\S]*disk:[\s\S]*port 5439[\s\S]*EACCES[\s\S]*port 3000/);
  });

  it('finds two services that are to use the same port', async () => {
    const ports = { ...settings.ports, api: settings.ports.postgres };
    await expect(check({}, { ports })).rejects.toThrow(
      /port 5439: both database \(EVERPOST_POSTGRES_PORT\) and api \(EVERPOST_API_PORT\)/,
    );
  });

  it('sees a real server on a real port, and the disk of a folder that is not there yet', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    expect(await thisMachine.portState(port)).toBe('EADDRINUSE');
    await new Promise((resolve) => server.close(resolve));
    expect(await thisMachine.portState(port)).toBe('free');
    expect(await thisMachine.freeDiskMb('/tmp/not/there/yet')).toBeGreaterThan(0);
    expect(thisMachine.availableMemoryMb()).toBeGreaterThan(0);
  });
});
