import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../src/stack/ports.js';
import { ServiceError, type ServiceSnapshot } from '../../src/stack/service-state.js';
import { AlreadyRunning, Stack } from '../../src/stack/stack.js';
import { stackStatus } from '../../src/stack/status.js';
import { makeBench, type Bench } from './stack-services.js';

const benches: Bench[] = [];
const stacks: Stack[] = [];

async function bench(...arguments_: Parameters<typeof makeBench>): Promise<Bench> {
  const made = await makeBench(...arguments_);
  benches.push(made);
  return made;
}

function stackOf({ settings, servicesFile }: Bench, onChange?: (snapshot: ServiceSnapshot) => void): Stack {
  const stack = new Stack({
    settings,
    servicesFile,
    profile: 'testing',
    ...(onChange === undefined ? {} : { onChange }),
  });
  stacks.push(stack);
  return stack;
}

const stateOf = (stack: Stack, name: string) => stack.snapshots.find((snapshot) => snapshot.name === name);

afterEach(async () => {
  await Promise.all(stacks.splice(0).map((stack) => stack.stop()));
  await Promise.all(benches.splice(0).map((made) => made.remove()));
});

describe('the stack', () => {
  it('starts in the order of the graph and stops in reverse', async () => {
    const made = await bench([
      { name: 'top', dependsOn: ['left', 'right'] },
      { name: 'left', dependsOn: ['base'] },
      { name: 'right', dependsOn: ['base'] },
      { name: 'base' },
    ]);
    const changes: string[] = [];
    const stack = stackOf(made, ({ name, state }) => changes.push(`${name} ${state}`));
    await stack.start();
    const status = await stackStatus(made.home);
    expect(status).toMatchObject({ running: true, healthy: true });
    await stack.stop();

    const journal = await made.journal();
    expect(journal.filter((line) => line.startsWith('begin'))[0]).toBe('begin base');
    expect(journal.indexOf('up base')).toBeLessThan(journal.indexOf('begin left'));
    expect(Math.max(journal.indexOf('up left'), journal.indexOf('up right'))).toBeLessThan(
      journal.indexOf('begin top'),
    );
    // Side by side: neither waits for the other.
    expect(Math.max(changes.indexOf('left starting'), changes.indexOf('right starting'))).toBeLessThan(
      Math.min(changes.indexOf('left running'), changes.indexOf('right running')),
    );
    expect(journal.filter((line) => line.startsWith('end'))).toEqual([
      'end top',
      expect.stringMatching(/left|right/),
      expect.stringMatching(/left|right/),
      'end base',
    ]);
    expect(await stackStatus(made.home)).toEqual({ running: false, home: made.home });
  });

  it('starts a service that was killed again, and leaves its dependents alone', async () => {
    const made = await bench([{ name: 'base' }, { name: 'top', dependsOn: ['base'] }]);
    const stack = stackOf(made);
    await stack.start();
    const before = stateOf(stack, 'base')?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await vi.waitFor(() => expect(stateOf(stack, 'base')).toMatchObject({ state: 'running', restarts: 1 }), 5_000);
    expect(stateOf(stack, 'base')?.pid).not.toBe(before);
    expect(stateOf(stack, 'top')).toMatchObject({ state: 'running', restarts: 0 });
    expect((await made.journal()).filter((line) => line === 'begin top')).toHaveLength(1);
  });

  it('starts a service again that runs but fails its health checks', async () => {
    const made = await bench([{ name: 'base' }]);
    const stack = stackOf(made);
    await stack.start();
    await fetch(`http://127.0.0.1:${made.ports.get('base')}/sicken`);
    await vi.waitFor(() => expect(stateOf(stack, 'base')).toMatchObject({ state: 'running', restarts: 1 }), 5_000);
    expect(await made.journal()).toEqual(['begin base', 'up base', 'end base', 'begin base', 'up base']);
  });

  it('gives up a service that crashes again and again, and says how often and what it last wrote', async () => {
    const made = await bench([{ name: 'shaky', mode: 'crashing', fields: 'restart: { limit: 2, withinMs: 30000 }' }]);
    const stack = stackOf(made);
    await stack.start();
    const error = await stack.crashed;
    expect(error.message).toBe(
      'shaky failed 3 times within 30 s (2 are allowed); the last time it ended with exit code 1',
    );
    expect(error.log?.lines).toEqual(['shaky begins']);
    expect((await made.journal()).filter((line) => line === 'up shaky')).toHaveLength(3);
  });

  it('tries a start several times, then stops what has started and shows the end of the log', async () => {
    const made = await bench([
      { name: 'base' },
      { name: 'broken', dependsOn: ['base'], mode: 'broken', fields: 'startup: { attempts: 3 }' },
    ]);
    const error: unknown = await stackOf(made)
      .start()
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ service: 'broken', message: 'broken did not start: ended with exit code 3' });
    expect((error as ServiceError).log?.lines).toContain('cannot go on');
    const journal = await made.journal();
    expect(journal.filter((line) => line === 'begin broken')).toHaveLength(3);
    expect(journal.at(-1)).toBe('end base');
  });

  it('does not try again what says that its configuration is wrong', async () => {
    const made = await bench([{ name: 'odd', mode: 'misconfigured' }]);
    await expect(stackOf(made).start()).rejects.toThrow('odd did not start: ended with exit code 78');
    expect(await made.journal()).toEqual(['begin odd']);
  });

  it('kills a service that does not end within its grace', async () => {
    const made = await bench([{ name: 'stubborn', mode: 'stubborn', fields: 'stop: { graceMs: 200 }' }]);
    const stack = stackOf(made);
    await stack.start();
    const pid = stateOf(stack, 'stubborn')?.pid ?? 0;
    await stack.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect((await made.journal()).at(-1)).toBe('end stubborn');
  });

  it('can be stopped while it starts, and leaves nothing running', async () => {
    const made = await bench([
      { name: 'slow', fields: 'startup: { timeoutMs: 30000 }' },
      { name: 'top', dependsOn: ['slow'] },
    ]);
    const stack = stackOf(made);
    const starting = stack.start().catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await made.journal()).toContain('begin slow'));
    const pid = stateOf(stack, 'slow')?.pid ?? 0;
    await stack.stop();
    expect(await starting).toBeInstanceOf(Error);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await made.journal()).not.toContain('begin top');
  });

  it('runs once on a home', async () => {
    const made = await bench([{ name: 'base' }]);
    await stackOf(made).start();
    await expect(stackOf(made).start()).rejects.toThrow(AlreadyRunning);
    expect(await stackStatus(made.home)).toMatchObject({ healthy: true });
  });

  it('names the port that is in use before anything starts', async () => {
    const port = await freePort();
    const server = await listen(port);
    const made = await bench([{ name: 'first' }, { name: 'api', fields: 'needs: { ports: [api] }' }], {
      EVERPOST_API_PORT: String(port),
    });
    await expect(stackOf(made).start()).rejects.toThrow(
      `port ${port} of api is in use by another program: end that program or set EVERPOST_API_PORT`,
    );
    expect(await made.journal()).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('probes what is given and does not start it', async () => {
    const port = await freePort();
    const server = await listen(port);
    const made = await bench(
      [
        { name: 'given', fields: `given: TEMPORAL_ADDRESS\n    healthy: { kind: tcp, port: ${port} }` },
        { name: 'top', dependsOn: ['given'] },
      ],
      { TEMPORAL_ADDRESS: `127.0.0.1:${port}` },
    );
    const answering = createServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    );
    await new Promise<void>((resolve) => answering.listen(made.ports.get('given'), '127.0.0.1', resolve));
    const stack = stackOf(made);
    await stack.start();
    expect(stateOf(stack, 'given')).toMatchObject({ state: 'given', pid: null });
    expect(await made.journal()).toEqual(['begin top', 'up top']);
    await new Promise((resolve) => server.close(resolve));
    await vi.waitFor(() => expect(stateOf(stack, 'given')).toMatchObject({ state: 'unhealthy', restarts: 0 }), 5_000);
    answering.close();
  });
});

async function listen(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
