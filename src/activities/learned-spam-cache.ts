import { LRUCache } from 'lru-cache';
import type { SpamModelVersion, VersionedSpamModel } from '../adapters/organizations/spam-models.js';
import type { RunStore } from '../adapters/runs/run-store.js';
import type { LearnedScopes } from '../engines/spam/learned-scopes.js';

/** 256 KB each. */
const MODELS_KEPT = 200;

/** What applies to a message, and a text that changes with it. */
export interface AppliedLessons {
  scopes: LearnedScopes;
  version: string;
}

/** What scopes were taught, kept by version: an organization that nobody teaches costs no query. */
export class LearnedSpamCache {
  readonly #store: Pick<RunStore, 'readSpamModels'>;
  readonly #models = new LRUCache<string, VersionedSpamModel>({ max: MODELS_KEPT });

  constructor(store: Pick<RunStore, 'readSpamModels'>) {
    this.#store = store;
  }

  /** @param taught the scopes of the organization that have lessons, as read within the last second */
  async read(
    organizationId: string,
    taught: readonly SpamModelVersion[],
    mailboxIds: readonly string[],
  ): Promise<AppliedLessons> {
    const wanted = taught.filter(({ mailboxId }) => mailboxId === null || mailboxIds.includes(mailboxId));
    const missing = wanted.filter(({ version }) => !this.#models.has(`${organizationId} ${version}`));
    const read =
      missing.length === 0
        ? []
        : await this.#store.readSpamModels(
            organizationId,
            missing.map(({ mailboxId }) => mailboxId),
          );
    for (const model of read) this.#models.set(`${organizationId} ${model.version}`, model);
    const models = wanted.flatMap((scope) => {
      const fresh = read.find(({ mailboxId }) => mailboxId === scope.mailboxId);
      const model = fresh ?? this.#models.get(`${organizationId} ${scope.version}`);
      return model === undefined ? [] : [model];
    });
    const learnedBy = (mailboxId: string | null) =>
      models.find((model) => model.mailboxId === mailboxId)?.learned ?? null;
    return {
      scopes: { organization: learnedBy(null), mailboxes: mailboxIds.map(learnedBy) },
      version: models
        .map(({ version }) => version)
        .toSorted()
        .join(' '),
    };
  }
}
