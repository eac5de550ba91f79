import { LRUCache } from 'lru-cache';
import type { OrganizationFacts, RunStore } from '../adapters/runs/run-store.js';
import type { ParsedMessage } from '../domain/parsed-message.js';
import type { StageRequest } from '../domain/run.js';
import { RunContext } from './run-context.js';

/** A rule that a person changed is in force within this time. */
const ORGANIZATION_FACTS_MS = 1_000;
const RUNS_KEPT = 500;
const PARSED_KEPT_CHARACTERS = 32 * 1024 * 1024;

export interface RunContextsDeps {
  store: RunStore;
  /** Off the event loop, with a deadline; rejects with a MessageFailure for a message that ends its parser. */
  parse: (bytes: Buffer) => Promise<ParsedMessage>;
}

/** Contexts of the runs that this process works on, and parsed forms by content. Losing them costs a read, no more. */
export class RunContexts {
  readonly #deps: RunContextsDeps;
  readonly #runs = new LRUCache<string, RunContext>({ max: RUNS_KEPT, ttl: 10 * 60_000 });
  readonly #organizations = new LRUCache<string, Promise<OrganizationFacts>>({
    max: 1_000,
    ttl: ORGANIZATION_FACTS_MS,
  });
  readonly #parsed = new LRUCache<string, ParsedMessage>({
    maxSize: PARSED_KEPT_CHARACTERS,
    sizeCalculation: (parsed) => 4_096 + parsed.text.length + (parsed.html?.length ?? 0),
    ttl: 10 * 60_000,
  });

  constructor(deps: RunContextsDeps) {
    this.#deps = deps;
  }

  /** @returns null where the organization has no such run */
  async load(request: StageRequest): Promise<RunContext | null> {
    const context = this.#runs.get(request.run.runId) ?? (await this.#read(request));
    if (context === null) return null;
    context.rspamd = request.rspamd;
    context.decision = request.decision;
    return context;
  }

  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  /** Parses the run's message, or takes the form of identical bytes that this organization sent before. */
  async parse(context: RunContext): Promise<{ parsed: ParsedMessage; fromCache: boolean }> {
    const { organizationId } = context.run;
    const key = `${organizationId} ${context.facts.sha256.toString('base64url')}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) {
      context.parsed = known;
      return { parsed: known, fromCache: true };
    }
    const parsed = await this.#deps.parse(await this.bytes(context));
    this.#parsed.set(key, parsed);
    context.parsed = parsed;
    return { parsed, fromCache: false };
  }

  async bytes(context: RunContext): Promise<Buffer> {
    context.bytes ??= await this.#deps.store.readBytes(context.run.organizationId, context.facts.sha256);
    return context.bytes;
  }

  async #read({ run }: StageRequest): Promise<RunContext | null> {
    const [facts, organization] = await Promise.all([
      this.#deps.store.readRun(run),
      this.#organization(run.organizationId),
    ]);
    if (facts === null) return null;
    const context = new RunContext(run, facts, organization);
    if (context.step('parsing')?.status === 'DONE') await this.parse(context);
    this.#runs.set(run.runId, context);
    return context;
  }

  #organization(organizationId: string): Promise<OrganizationFacts> {
    const known = this.#organizations.get(organizationId);
    if (known) return known;
    const reading = this.#deps.store.readOrganization(organizationId);
    reading.catch(() => this.#organizations.delete(organizationId));
    this.#organizations.set(organizationId, reading);
    return reading;
  }
}
