import { setTimeout as sleep } from 'node:timers/promises';
import { WRONG_CONFIGURATION } from '../config.js';
import { backoffDelay, CrashLoop } from './backoff.js';
import { launch, type Child, type ChildCommand } from './child-process.js';
import { ask, describeProbe, isLasting, type ProbeContext } from './probes.js';
import { forgetProcess, recordProcess } from './process-record.js';
import type { Service } from './service-definition.js';
import { lastLines, logPath, openServiceLog } from './service-log.js';
import { isServing, ServiceError, type ServiceSnapshot, type ServiceState } from './service-state.js';

const PROBE_EVERY_MS = 100;
const SHOWN_LOG_LINES = 20;
const GIVEN_TIMEOUT_MS = 30_000;
/** A start that takes longer than this tells what it waits for. */
const SAY_AFTER_MS = 3_000;

export interface ServiceContext {
  home: string;
  /** Whether the service runs elsewhere (DATABASE_URL, TEMPORAL_ADDRESS). */
  given: boolean;
  prepare: (service: Service, report: (text: string) => void, signal: AbortSignal) => Promise<ChildCommand>;
  /** Whether all it depends on serves right now. */
  dependenciesServe: () => boolean;
  onChange: (snapshot: ServiceSnapshot) => void;
  /** It cannot be kept running: the stack has to stop. */
  onGivenUp: (error: ServiceError) => void;
  now: () => number;
  random: () => number;
}

/** One service of the stack: started with retries, watched, restarted when it fails, stopped. */
export class SupervisedService {
  readonly #service: Service;
  readonly #context: ServiceContext;
  readonly #crashes: CrashLoop;
  readonly #ending = new AbortController();
  #child: Child | null = null;
  #watch: Promise<void> = Promise.resolve();
  #snapshot: ServiceSnapshot;
  #probed: ProbeContext = {};

  constructor(service: Service, context: ServiceContext) {
    this.#service = service;
    this.#context = context;
    this.#crashes = new CrashLoop(service.restart.limit, service.restart.withinMs);
    this.#snapshot = { name: service.name, state: 'waiting', pid: null, readySince: null, restarts: 0, detail: null };
  }

  get service(): Service {
    return this.#service;
  }

  get snapshot(): ServiceSnapshot {
    return this.#snapshot;
  }

  /** Whether it can be leaned on: it serves, and its process has not just ended unnoticed. */
  get serves(): boolean {
    return (
      isServing(this.#snapshot.state) &&
      (this.#child === null || this.#child.exit() === null || this.#snapshot.state === 'done')
    );
  }

  /**
   * Resolves when the service is ready, or done where it is a task.
   *
   * @throws ServiceError when it could not be started in all its attempts
   */
  async start(): Promise<void> {
    const beginning = this.#bringUp();
    this.#watch = beginning.catch(() => undefined); // told by `beginning`
    await beginning;
    if (this.#service.start.kind === 'task' && !this.#context.given) return;
    this.#watch = this.#keepRunning().catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.#giveUp(error);
    });
  }

  /** Asks it to end, kills it after its grace, and resolves when it is gone. */
  async stop(): Promise<void> {
    const wasUp = this.#child !== null && this.#child.exit() === null;
    this.#ending.abort();
    if (wasUp) this.#change('stopping');
    await this.#endChild();
    await this.#watch;
    if (this.#snapshot.state !== 'failed') this.#change('stopped', { pid: null, readySince: null });
  }

  /** Ends it at once. */
  kill(): void {
    this.#ending.abort();
    this.#child?.kill();
  }

  async #bringUp(): Promise<void> {
    // What runs elsewhere is not ours to start: it gets one, shorter, chance to answer.
    const attempts = this.#context.given ? 1 : this.#service.startup.attempts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#change('starting', { detail: attempt === 1 ? null : `attempt ${attempt} of ${attempts}` });
        await (this.#context.given ? this.#untilReady(null) : this.#startOnce());
        return;
      } catch (error) {
        this.#ending.signal.throwIfAborted();
        const hopeless = error instanceof PreparationError || this.#child?.exit()?.code === WRONG_CONFIGURATION;
        if (attempt >= attempts || hopeless)
          throw await this.#failure(`${this.#name} did not start: ${reason(error)}`, error);
        await this.#pause(attempt, `${reason(error)}; attempt ${attempt + 1} of ${attempts} follows`);
      }
    }
  }

  async #startOnce(): Promise<void> {
    const service = this.#service;
    const { signal } = this.#ending;
    const command = await this.#prepare(signal);
    const log = await openServiceLog(this.#context.home, service.name);
    if (signal.aborted) await log.handle.close();
    signal.throwIfAborted();
    this.#probed = { log: { path: log.path, offset: log.offset } };
    const child = launch(command, log);
    this.#child = child;
    this.#change('starting', { pid: child.pid });
    try {
      await log.handle.close();
      await recordProcess(this.#context.home, service.name, child.pid, service.stop);
      await this.#untilReady(child);
    } catch (error) {
      await this.#endChild();
      throw error;
    }
  }

  async #prepare(signal: AbortSignal): Promise<ChildCommand> {
    try {
      return await this.#context.prepare(this.#service, (detail) => this.#change('starting', { detail }), signal);
    } catch (error) {
      throw new PreparationError(reason(error), { cause: error });
    } finally {
      signal.throwIfAborted();
    }
  }

  async #untilReady(child: Child | null): Promise<void> {
    const { ready, start, startup } = this.#service;
    const { signal } = this.#ending;
    const timeoutMs = this.#context.given ? Math.min(startup.timeoutMs, GIVEN_TIMEOUT_MS) : startup.timeoutMs;
    const begun = this.#context.now();
    let answer = '';
    while (this.#context.now() < begun + timeoutMs) {
      signal.throwIfAborted();
      const exit = child?.exit() ?? null;
      if (exit !== null && start.kind === 'task' && exit.code === 0) return this.#finishTask();
      if (exit !== null) throw new Error(exit.text);
      if (ready.kind !== 'exit') {
        const problem = await ask(ready, this.#probed).then(() => null, reason);
        // A probe may be answered by another program on that port while our process has ended.
        if (problem === null && (child?.exit() ?? null) === null) return this.#becomeReady();
        answer = problem ?? 'its process has ended';
        if (this.#context.now() > begun + SAY_AFTER_MS && answer !== this.#snapshot.detail)
          this.#change('starting', { detail: answer });
      }
      await Promise.race([sleep(PROBE_EVERY_MS, undefined, { signal }), child?.exited ?? new Promise(() => undefined)]);
    }
    throw new Error(`not ready after ${timeoutMs / 1000} s: ${answer || describeProbe(ready)}`);
  }

  #becomeReady(): void {
    const readySince = new Date(this.#context.now()).toISOString();
    this.#change(this.#context.given ? 'given' : 'running', { readySince, detail: null });
  }

  async #finishTask(): Promise<void> {
    await forgetProcess(this.#context.home, this.#name);
    this.#change('done', { pid: null, readySince: new Date(this.#context.now()).toISOString(), detail: null });
  }

  async #keepRunning(): Promise<void> {
    for (;;) {
      const trouble = await this.#untilTrouble();
      if (this.#ending.signal.aborted) return;
      const blameless = !this.#context.dependenciesServe();
      await this.#endChild();
      await this.#restart(trouble, blameless);
    }
  }

  /** Watches a service that is up; gives why it has to be started again. A given one is watched and never started. */
  async #untilTrouble(): Promise<string> {
    const { health, healthy, ready } = this.#service;
    const { signal } = this.#ending;
    const probe = healthy ?? ready;
    let failures = 0;
    for (;;) {
      const child = this.#child;
      await Promise.race([sleep(health.everyMs, undefined, { signal }), child?.exited ?? new Promise(() => undefined)]);
      const exit = child?.exit() ?? null;
      if (exit !== null || signal.aborted) return exit?.text ?? 'it is being stopped';
      if (!isLasting(probe)) continue;
      const problem = await ask(probe, this.#probed).then(() => null, reason);
      if (signal.aborted || (child?.exit() ?? null) !== null) continue;
      failures = problem === null ? 0 : failures + 1;
      if (problem === null && this.#snapshot.state === 'unhealthy')
        this.#change(this.#context.given ? 'given' : 'running', { detail: null });
      if (problem !== null) this.#change('unhealthy', { detail: problem });
      // What fails because something below it is away comes back by itself; starting it again would only add to the load.
      if (failures >= health.failures && !this.#context.given && this.#context.dependenciesServe()) {
        return `failed ${failures} health checks: ${problem}`;
      }
    }
  }

  /** @param blameless something it depends on was away: that says nothing about this service */
  async #restart(trouble: string, blameless: boolean): Promise<void> {
    const { restart } = this.#service;
    if (restart.policy === 'never') throw await this.#failure(`${this.#name} ${trouble}, and is not to be restarted`);
    if (!blameless && this.#crashes.record(this.#context.now())) {
      const text = `${this.#name} failed ${this.#crashes.count} times within ${restart.withinMs / 1000} s (${restart.limit} are allowed)`;
      throw await this.#failure(`${text}; the last time it ${trouble}`);
    }
    const restarts = this.#snapshot.restarts + 1;
    this.#change('restarting', { restarts, pid: null, readySince: null, detail: trouble });
    await this.#pause(Math.max(1, this.#crashes.count), trouble);
    while (!this.#context.dependenciesServe()) await sleep(PROBE_EVERY_MS, undefined, { signal: this.#ending.signal });
    await this.#bringUp();
  }

  async #pause(attempt: number, detail: string): Promise<void> {
    this.#change('restarting', { detail });
    await sleep(backoffDelay(attempt, this.#service.backoff, this.#context.random), undefined, {
      signal: this.#ending.signal,
    });
  }

  async #endChild(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const { signal, graceMs } = this.#service.stop;
    child.signal(signal);
    const timer = new AbortController();
    const grace = sleep(graceMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([child.exited, grace]);
    timer.abort();
    child.kill(); // also what it may have left in its process group
    await child.exited;
    await forgetProcess(this.#context.home, this.#name);
  }

  async #failure(message: string, cause?: unknown): Promise<ServiceError> {
    const path = logPath(this.#context.home, this.#name);
    const lines = await lastLines(path, SHOWN_LOG_LINES, this.#probed.log?.offset);
    const error = new ServiceError(this.#name, message, this.#probed.log === undefined ? null : { path, lines }, {
      cause,
    });
    this.#change('failed', { pid: null, readySince: null, detail: message });
    return error;
  }

  #giveUp(error: unknown): void {
    const text = reason(error);
    const known = error instanceof ServiceError ? error : new ServiceError(this.#name, text, null, { cause: error });
    this.#change('failed', { pid: null, readySince: null, detail: text });
    this.#context.onGivenUp(known);
  }

  get #name(): string {
    return this.#service.name;
  }

  #change(state: ServiceState, fields: Partial<ServiceSnapshot> = {}): void {
    this.#snapshot = { ...this.#snapshot, ...fields, state };
    this.#context.onChange(this.#snapshot);
  }
}

/** What a service needs could not be made ready: a second attempt would meet the same. */
class PreparationError extends Error {
  override name = 'PreparationError';
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
