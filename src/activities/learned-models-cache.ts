import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LearningThreads } from '../adapters/learning/learning-threads.js';
import type { LearnedModelRevision } from '../adapters/learning/learned-models.js';
import type { RunStore } from '../adapters/runs/run-store.js';
import type { TrainedKind } from '../domain/correction.js';
import { TRAINING_SEED } from '../domain/training.js';
import type { OrganizationModel } from '../engines/learning/organization-model.js';

/** Bytes of weights that are kept, of all organizations together. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A message waits so long for what was just corrected; then it is answered with what was known before. */
const PATIENCE_MS = 1_500;

/** A model that answers for a message. */
export interface AppliedModel {
  kind: TrainedKind;
  scope: 'organization' | 'mailbox';
  version: string | null;
  revision: string;
  model: OrganizationModel;
}

export interface LearnedModelsDeps {
  store: Pick<RunStore, 'readModelParts'>;
  threads: Pick<LearningThreads, 'current'>;
  /** Told once for each revision that cannot be learned. */
  onUnlearned: (error: unknown, modelId: string) => void;
}

type Kept = Omit<AppliedModel, 'kind' | 'scope'>;

/** What cannot be learned is tried again after this: each attempt may cost seconds of CPU, or a thread its memory. */
const REST_MS = 60_000;
const FAILURES_KEPT = 10_000;

/**
 * What an organization's models answer now, by model, until their revision changes. No message fails or waits for a model
 * that cannot be learned (bytes of another version, a thread that runs out of memory): it is answered with what was known
 * before, or by the rules.
 */
export class LearnedModelsCache {
  readonly #deps: LearnedModelsDeps;
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ model: { classifier } }) => classifier.weights.byteLength + 8 * classifier.buckets + 1_024,
  });
  readonly #loading = new Map<string, Promise<Kept | null>>();
  /** Revisions that could not be learned. */
  readonly #unlearned = new LRUCache<string, true>({ max: FAILURES_KEPT, ttl: REST_MS });

  constructor(deps: LearnedModelsDeps) {
    this.#deps = deps;
  }

  /** Those of the organization first, then those of the mailboxes. */
  async read(
    organizationId: string,
    models: readonly LearnedModelRevision[],
    mailboxIds: readonly string[],
  ): Promise<AppliedModel[]> {
    const wanted = models
      .filter(({ mailboxId }) => mailboxId === null || mailboxIds.includes(mailboxId))
      .toSorted((one, other) => Number(one.mailboxId !== null) - Number(other.mailboxId !== null));
    const read = await Promise.all(wanted.map((model) => this.#current(organizationId, model)));
    return wanted.flatMap(({ kind, mailboxId }, at): AppliedModel[] => {
      const kept = read[at];
      return kept ? [{ ...kept, kind, scope: mailboxId === null ? 'organization' : 'mailbox' }] : [];
    });
  }

  async #current(organizationId: string, { id, revision }: LearnedModelRevision): Promise<Kept | null> {
    const key = `${organizationId} ${id}`;
    const kept = this.#kept.get(key);
    if (kept?.revision === revision) return kept;
    if (this.#unlearned.has(`${key} ${revision}`)) return kept ?? null;
    const patience = new AbortController();
    const waited = sleep(PATIENCE_MS, kept ?? null, { signal: patience.signal }).catch(() => null); // it was there in time
    try {
      return await Promise.race([this.#load(organizationId, key, id, revision), waited]);
    } finally {
      patience.abort();
    }
  }

  /** One load a model and revision at a time. */
  #load(organizationId: string, key: string, id: string, revision: string): Promise<Kept | null> {
    const loading = this.#loading.get(`${key} ${revision}`);
    if (loading !== undefined) return loading;
    const begun = this.#read(organizationId, key, id, revision).finally(() =>
      this.#loading.delete(`${key} ${revision}`),
    );
    this.#loading.set(`${key} ${revision}`, begun);
    return begun;
  }

  /** @throws where the database is out of reach: that is waited for */
  async #read(organizationId: string, key: string, id: string, wanted: string): Promise<Kept | null> {
    const parts = await this.#deps.store.readModelParts(organizationId, id);
    if (parts === null) return null;
    const { base, examples, version, revision } = parts;
    try {
      const model = await this.#deps.threads.current<OrganizationModel>({ base, examples, seed: TRAINING_SEED });
      if (model === null) return null;
      const kept = { version, revision, model };
      this.#kept.set(key, kept);
      return kept;
    } catch (error) {
      this.#unlearned.set(`${key} ${wanted}`, true);
      this.#deps.onUnlearned(error, id);
      return this.#kept.get(key) ?? null;
    }
  }
}
