import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readState } from '../../src/stack/state-file.js';
import { makeBench, type Bench } from './stack-services.js';

const CLI = path.resolve('dist/cli/stack.js');

interface Terminal {
  child: ChildProcess;
  text: () => string;
  code: Promise<number | null>;
}

const benches: Bench[] = [];
const terminals: Terminal[] = [];

async function bench(...arguments_: Parameters<typeof makeBench>): Promise<Bench> {
  const made = await makeBench(...arguments_);
  benches.push(made);
  return made;
}

function run(made: Bench, ...words: string[]): Terminal {
  const env = { ...process.env, EVERPOST_HOME: made.home, NO_COLOR: '1', DATABASE_URL: '', TEMPORAL_ADDRESS: '' };
  const child = spawn(process.execPath, [CLI, ...words], { env });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const terminal = {
    child,
    text: () => text,
    code: new Promise<number | null>((resolve) => child.once('close', resolve)),
  };
  terminals.push(terminal);
  return terminal;
}

const start = (made: Bench) => run(made, 'start', '--profile', 'testing', '--services', made.servicesFile);
const runs = (terminal: Terminal) =>
  vi.waitFor(() => expect(terminal.text()).toContain('Everpost is running.'), 15_000);
const pidOf = async (made: Bench, name: string) =>
  (await readState(made.home))?.services.find((service) => service.name === name)?.pid ?? 0;
const gone = (pid: number) => vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: npm run build comes first`);
});

afterEach(async () => {
  for (const { child } of terminals) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await Promise.all(terminals.splice(0).map(({ code }) => code));
  await Promise.all(benches.splice(0).map((made) => made.remove()));
});

describe('the stack command', () => {
  it('runs until Ctrl-C, tells its status by table and exit code, and refuses a second start', async () => {
    const made = await bench([{ name: 'base' }, { name: 'top', dependsOn: ['base'] }]);
    const idle = run(made, 'status');
    expect(await idle.code).toBe(1);
    expect(idle.text()).toContain(`Everpost is not running on ${made.home}`);

    const terminal = start(made);
    await runs(terminal);
    const status = run(made, 'status');
    expect(await status.code).toBe(0);
    expect(status.text()).toMatch(/service +state +pid +port +uptime +restarts +memory\nbase +running +\d+ /);
    const second = start(made);
    expect(await second.code).toBe(1);
    expect(second.text()).toContain('running already');

    terminal.child.kill('SIGINT');
    expect(await terminal.code).toBe(0);
    expect((await made.journal()).slice(-2)).toEqual(['end top', 'end base']);
  });

  it('tells by the status that a service does not answer', async () => {
    const made = await bench([{ name: 'base', fields: "healthy: { kind: http, url: 'http://127.0.0.1:9/' }" }]);
    await runs(start(made));
    const status = run(made, 'status', '--json');
    expect(await status.code).toBe(1);
    expect(JSON.parse(status.text())).toMatchObject({
      running: true,
      healthy: false,
      services: [{ name: 'base', healthy: false }],
    });
  });

  it('ends its services when it is killed with SIGKILL', async () => {
    const made = await bench([{ name: 'base' }]);
    const terminal = start(made);
    await runs(terminal);
    const pid = await pidOf(made, 'base');
    terminal.child.kill('SIGKILL');
    await gone(pid);
    expect((await made.journal()).at(-1)).toBe('end base');
  });

  it('finds and ends at its next start what outlived a SIGKILL, before it looks at ports', async () => {
    const made = await bench([{ name: 'foreign', mode: 'stubborn', fields: 'stop: { graceMs: 300 }' }]);
    const terminal = start(made);
    await runs(terminal);
    const pid = await pidOf(made, 'foreign');
    terminal.child.kill('SIGKILL');
    await terminal.code;
    expect(process.kill(pid, 0)).toBe(true);
    const next = start(made);
    await runs(next);
    expect(next.text()).toContain(`stopping the foreign (process ${pid}) that an earlier start left behind`);
    await gone(pid);
  });

  it('kills at once at the second Ctrl-C', async () => {
    const made = await bench([{ name: 'stubborn', mode: 'stubborn', fields: 'stop: { graceMs: 60000 }' }]);
    const terminal = start(made);
    await runs(terminal);
    terminal.child.kill('SIGINT');
    await vi.waitFor(async () => expect((await made.journal()).at(-1)).toBe('end stubborn'), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    terminal.child.kill('SIGINT');
    await terminal.code;
    expect(terminal.text()).toContain('Killing everything.');
  });

  it('is stopped from another terminal', async () => {
    const made = await bench([{ name: 'base' }]);
    const terminal = start(made);
    await runs(terminal);
    expect(await run(made, 'stop').code).toBe(0);
    expect(await terminal.code).toBe(0);
  });

  it('ends with an error, the log and exit code 1 when a service keeps crashing', async () => {
    const made = await bench([
      { name: 'base' },
      { name: 'shaky', dependsOn: ['base'], mode: 'crashing', fields: 'restart: { limit: 1 }' },
    ]);
    const terminal = start(made);
    expect(await terminal.code).toBe(1);
    expect(terminal.text()).toContain('shaky failed 2 times within 60 s (1 are allowed)');
    expect(terminal.text()).toContain(path.join(made.home, 'logs', 'shaky.log'));
    expect((await made.journal()).at(-1)).toBe('end base');
  });
});
