import { LRUCache } from 'lru-cache';
import type { OrganizationFacts, RunStore } from '../adapters/runs/run-store.js';
import type { IncomingMessageInput } from '../domain/identifiers.js';
import type { ParsedMessage } from '../domain/parsed-message.js';
import type { RunKey, StageRequest } from '../domain/run.js';
import { correspondentKeys } from '../engines/security/correspondent-keys.js';
import { LearnedModelsCache, type LearnedModelsDeps } from './learned-models-cache.js';
import { LearnedSpamCache } from './learned-spam-cache.js';
import { ParsedForms, type ParsedFormsDeps } from './parsed-forms.js';
import { RunContext } from './run-context.js';

/** A rule that a person changed is in force within this time. */
const ORGANIZATION_FACTS_MS = 1_000;
const RUNS_KEPT = 500;

export interface RunContextsDeps extends Pick<ParsedFormsDeps, 'parse' | 'open'> {
  store: RunStore;
  threads: LearnedModelsDeps['threads'];
  onUnlearned: LearnedModelsDeps['onUnlearned'];
}

/** Contexts of the runs that this process works on, and parsed forms by content. Losing them costs a read, no more. */
export class RunContexts {
  readonly #deps: RunContextsDeps;
  readonly #runs = new LRUCache<string, RunContext>({ max: RUNS_KEPT, ttl: 10 * 60_000 });
  readonly #organizations = new LRUCache<string, Promise<OrganizationFacts>>({
    max: 1_000,
    ttl: ORGANIZATION_FACTS_MS,
  });
  readonly #parsed: ParsedForms;
  readonly #learnedSpam: LearnedSpamCache;
  readonly #learnedModels: LearnedModelsCache;

  constructor(deps: RunContextsDeps) {
    this.#deps = deps;
    const { store, parse, open } = deps;
    this.#parsed = new ParsedForms({ parse, open, readOpeningKeys: (id) => store.readOpeningKeys(id) });
    this.#learnedSpam = new LearnedSpamCache(deps.store);
    this.#learnedModels = new LearnedModelsCache(deps);
  }

  /** @returns null where the organization has no such run */
  async load(request: StageRequest): Promise<RunContext | null> {
    const context = this.#runs.get(request.run.runId) ?? (await this.#keep(request.run));
    if (context === null) return null;
    context.scans = request.scans;
    context.ai = request.ai ?? {};
    context.decision = request.decision;
    return context;
  }

  /** For who is no stage of it, and changes nothing of it. */
  async peek(run: RunKey): Promise<RunContext | null> {
    return this.#runs.get(run.runId) ?? (await this.readAnew(run));
  }

  /** One that nobody else has, with what is committed by now. */
  readAnew(run: RunKey): Promise<RunContext | null> {
    return this.#read({ ...run, lane: 'normal', asked: [], decided: null });
  }

  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  /** Parses the run's message, or takes the form of identical bytes that this organization sent before. */
  async parse(context: RunContext): Promise<{ parsed: ParsedMessage; fromCache: boolean }> {
    const { organizationId } = context.run;
    const { parsed, fromCache } = await this.#parsed.read({
      organizationId,
      sha256: context.facts.sha256,
      receivedAt: context.facts.receivedAt,
      keyVersion: context.organization.mailKeyVersion,
      bytes: () => this.bytes(context),
    });
    context.correspondents = await this.#correspondentsNear(organizationId, parsed);
    context.parsed = parsed;
    return { parsed, fromCache };
  }

  async #correspondentsNear(organizationId: string, { from: [author] }: ParsedMessage) {
    const keys = author === undefined ? null : correspondentKeys(author);
    return keys === null ? [] : this.#deps.store.readCorrespondentsNear(organizationId, keys);
  }

  async bytes(context: RunContext): Promise<Buffer> {
    context.bytes ??= await this.#deps.store.readBytes(context.run.organizationId, context.facts.sha256);
    return context.bytes;
  }

  async #keep(run: IncomingMessageInput): Promise<RunContext | null> {
    const context = await this.#read(run);
    if (context !== null) this.#runs.set(run.runId, context);
    return context;
  }

  async #read(run: IncomingMessageInput): Promise<RunContext | null> {
    const [facts, organization] = await Promise.all([
      this.#deps.store.readRun(run),
      this.#organization(run.organizationId),
    ]);
    if (facts === null) return null;
    const mailboxIds = [...new Set(facts.envelope.flatMap(({ mailboxId }) => mailboxId ?? []))];
    const [lessons, learned] = await Promise.all([
      this.#learnedSpam.read(run.organizationId, organization.spamModels, mailboxIds),
      this.#learnedModels.read(run.organizationId, organization.learnedModels, mailboxIds),
    ]);
    const context = new RunContext(run, facts, organization, lessons, learned);
    if (context.step('parsing')?.status === 'DONE') await this.parse(context);
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
