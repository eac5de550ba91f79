import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { lockOwner, takeLock } from './lock-file.js';
import { embeddedDatabaseUrl } from './postgres.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import { endOrphans } from './process-record.js';
import { checkResources, thisMachine, type Machine } from './resources.js';
import { isLasting } from './probes.js';
import { dependentsOf } from './graph.js';
import { prepareCommand, PROJECT_FOLDER } from './service-commands.js';
import type { Profile, Service } from './service-definition.js';
import { ensureSecretKey } from './secret-key.js';
import { readServicesFile } from './services-file.js';
import type { ServiceError, ServiceSnapshot } from './service-state.js';
import { stackVariables, temporalAddressOf, withFreePorts, type StackSettings } from './settings.js';
import { StateFile, type StackState } from './state-file.js';
import { SupervisedService } from './supervised-service.js';

export interface StackOptions {
  settings: StackSettings;
  profile: Profile;
  /** The graph; the project's own services.yaml where left out. */
  servicesFile?: string | URL;
  /** Where the graph's commands run; the checkout where left out. */
  cwd?: string;
  onChange?: (snapshot: ServiceSnapshot) => void;
  /** What goes on before a service has a line of its own. */
  report?: (text: string) => void;
  machine?: Machine;
  now?: () => number;
  random?: () => number;
}

/** Another stack runs on this home. */
export class AlreadyRunning extends Error {
  override name = 'AlreadyRunning';
  readonly pid: number;

  constructor(home: string, pid: number) {
    super(`Everpost is running already on ${home} (process ${pid})`);
    this.pid = pid;
  }
}

/** Read from the sources: the build copies TypeScript alone. */
const SERVICES_FILE = path.join(PROJECT_FOLDER, 'src', 'stack', 'services.yaml');

export type Addresses = StackState['addresses'];

interface Plan {
  settings: StackSettings;
  databaseUrl: string;
  services: Service[];
  me: ProcessIdentity;
  startedAt: string;
}

/** The process that runs a stack on this home, null when there is none. */
export async function stackProcess(home: string): Promise<ProcessIdentity | null> {
  return lockOwner(lockPath(home));
}

/** The local stack: every service of a profile, started in the order of the graph, kept running and stopped in reverse. */
export class Stack {
  readonly #options: StackOptions;
  readonly #services = new Map<string, SupervisedService>();
  readonly #state: StateFile;
  readonly #crashed = Promise.withResolvers<ServiceError>();
  #plan: Plan | null = null;
  #unlock: () => Promise<void> = () => Promise.resolve();
  #stopping: Promise<void> | null = null;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#state = new StateFile(options.settings.home);
  }

  /** Resolves with the error when a service cannot be kept running; the caller then stops the stack. */
  get crashed(): Promise<ServiceError> {
    return this.#crashed.promise;
  }

  get snapshots(): ServiceSnapshot[] {
    return [...this.#services.values()].map((service) => service.snapshot);
  }

  /** The connection and the ports in use: those asked for, or the free ones that were found. */
  get connection(): { databaseUrl: string; temporalAddress: string; settings: StackSettings } {
    const { databaseUrl, settings } = this.#planned();
    return { databaseUrl, temporalAddress: temporalAddressOf(settings), settings };
  }

  get addresses(): Addresses {
    const { settings, services } = this.#planned();
    const variables = stackVariables(settings, '');
    const temporal = services.find(({ start }) => start.kind === 'temporal')?.start;
    const webUi = settings.temporalAddress === null && temporal?.kind === 'temporal' && temporal.webUi;
    return {
      graphql: `http://${variables['apiHost']}:${settings.ports.api}/graphql`,
      smtp: `${variables['smtpHost']}:${settings.ports.smtp}`,
      submission: `${variables['smtpHost']}:${settings.ports.submission}`,
      temporal: temporalAddressOf(settings),
      temporalUi: webUi ? `http://127.0.0.1:${settings.ports.temporalUi}` : null,
    };
  }

  /**
   * Starts everything and resolves when everything is ready. When something fails, what has started is stopped again.
   *
   * @throws AlreadyRunning, ServicesError, ResourceError or ServiceError
   */
  async start(): Promise<void> {
    const { home } = this.#options.settings;
    await mkdir(home, { recursive: true });
    const lock = await takeLock(lockPath(home));
    if (!lock.held) throw new AlreadyRunning(home, lock.owner.pid);
    this.#unlock = lock.release;
    try {
      await this.#makePlan();
      await this.#startAll();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops every service, dependents first, and resolves when all are gone. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  /** Ends every process at once. Nothing that was acknowledged is lost: the next start recovers. */
  kill(): void {
    for (const service of this.#services.values()) service.kill();
  }

  async #makePlan(): Promise<void> {
    const { profile, report = () => undefined, machine = thisMachine } = this.#options;
    const { home } = this.#options.settings;
    // Before ports are looked at: what a killed start has left may still hold them.
    await endOrphans(home, (service, pid) =>
      report(`stopping the ${service} (process ${pid}) that an earlier start left behind`),
    );
    const settings = await withFreePorts(this.#options.settings);
    if (!settings.secretKeyGiven) await ensureSecretKey(home);
    const databaseUrl = settings.databaseUrl ?? (await embeddedDatabaseUrl({ home, port: settings.ports.postgres }));
    const file = this.#options.servicesFile ?? SERVICES_FILE;
    const groups = await readServicesFile(file, { profile, variables: stackVariables(settings, databaseUrl) });
    const services = groups.flat();
    await checkResources(
      services.filter((service) => !isGiven(service, settings)),
      settings,
      machine,
    );
    const startedAt = new Date().toISOString();
    this.#plan = { settings, databaseUrl, services, me: await identify(process.pid), startedAt };
  }

  async #startAll(): Promise<void> {
    const { services } = this.#planned();
    for (const service of services) this.#services.set(service.name, this.#supervised(service));
    this.#writeState();
    const ready = new Map<string, Promise<void>>();
    // In the order of the graph: what a service waits for is in the map already.
    for (const service of services) {
      const below = service.dependsOn.map((name) => ready.get(name) ?? Promise.resolve());
      ready.set(
        service.name,
        Promise.all(below).then(() => this.#startOne(service.name)),
      );
    }
    // The first failure is told at once; the others fail because of it, or are stopped.
    await Promise.all(ready.values());
  }

  async #startOne(name: string): Promise<void> {
    if (this.#stopping !== null) throw new Error('the stack is being stopped');
    await this.#services.get(name)?.start();
  }

  #supervised(service: Service): SupervisedService {
    const { settings, databaseUrl } = this.#planned();
    const { cwd, onChange, now = Date.now, random = Math.random } = this.#options;
    return new SupervisedService(service, {
      home: settings.home,
      given: isGiven(service, settings),
      prepare: (prepared, report, signal) => prepareCommand(prepared, { settings, databaseUrl, cwd, report, signal }),
      dependenciesServe: () => service.dependsOn.every((name) => this.#services.get(name)?.serves === true),
      onChange: (snapshot) => {
        this.#writeState();
        onChange?.(snapshot);
      },
      onGivenUp: this.#crashed.resolve,
      now,
      random,
    });
  }

  async #stopAll(): Promise<void> {
    const services = this.#plan?.services ?? [];
    const stopped = new Map<string, Promise<void>>();
    for (const service of services.toReversed()) {
      const above = dependentsOf(services, service.name).map(({ name }) => stopped.get(name) ?? Promise.resolve());
      stopped.set(
        service.name,
        Promise.allSettled(above).then(() => this.#services.get(service.name)?.stop()),
      );
    }
    const results = await Promise.allSettled(stopped.values());
    await this.#state.written();
    await this.#unlock();
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  #writeState(): void {
    const { profile } = this.#options;
    const { me, startedAt, services } = this.#planned();
    this.#state.write({
      ...me,
      profile,
      startedAt,
      addresses: this.addresses,
      services: services.flatMap((service) => {
        const snapshot = this.#services.get(service.name)?.snapshot;
        return snapshot === undefined
          ? []
          : [{ ...snapshot, ports: this.#portsOf(service), probe: lastingProbe(service) }];
      }),
    });
  }

  #portsOf(service: Service): number[] {
    const { settings } = this.#planned();
    return isGiven(service, settings) ? [] : service.needs.ports.map((name) => settings.ports[name]);
  }

  #planned(): Plan {
    if (this.#plan === null) throw new Error('the stack has not been started');
    return this.#plan;
  }
}

function isGiven(service: Service, settings: StackSettings): boolean {
  const given = { DATABASE_URL: settings.databaseUrl, TEMPORAL_ADDRESS: settings.temporalAddress };
  return service.given !== undefined && given[service.given] !== null;
}

function lastingProbe(service: Service): StackState['services'][number]['probe'] {
  const probe = service.healthy ?? service.ready;
  return isLasting(probe) ? probe : null;
}

function lockPath(home: string): string {
  return path.join(home, 'stack.lock');
}
