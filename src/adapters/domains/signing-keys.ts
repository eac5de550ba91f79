import { createPrivateKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DkimAlgorithm } from '../../domain/domains/dkim-key.js';
import type { DomainSigning } from '../../domain/domains/dkim-selection.js';
import type { Database } from '../database/database.js';
import { SecretUnreadable } from '../secrets/sealed-secret.js';
import { openDkimKey, readSealedSigning, type SealedSigning } from './dkim-keys.js';

export interface OpenSigningKey {
  selector: string;
  algorithm: DkimAlgorithm;
  privateKey: KeyObject;
}

/** Parsed keys and what is known of a domain, so that a bulk send reads neither for each mail. */
const MOST_DOMAINS = 5_000;
/** A key that signs no more keeps its record for days: half a minute late is harmless. */
const KEPT_MS = 30_000;

/** What the organizations' domains sign with; one a process. */
export class SigningKeys {
  readonly #domains: LRUCache<string, Promise<DomainSigning<OpenSigningKey> | null>>;
  readonly #keys = new LRUCache<string, KeyObject>({ max: 2 * MOST_DOMAINS });

  /** @param secretKey EVERPOST_SECRET_KEY; null: no key can be opened, and each says so */
  constructor(
    readonly database: Database,
    readonly secretKey: Buffer | null,
    keptMs = KEPT_MS,
  ) {
    this.#domains = new LRUCache({ max: MOST_DOMAINS, ttl: keptMs });
  }

  /**
   * @param domain in A-labels and small letters
   * @returns null where it is not the organization's
   */
  of(organizationId: string, domain: string): Promise<DomainSigning<OpenSigningKey> | null> {
    const key = `${organizationId} ${domain}`;
    const known = this.#domains.get(key);
    if (known !== undefined) return known;
    const read = this.#read(organizationId, domain);
    this.#domains.set(key, read);
    // What could not be read is read anew by the next one.
    read.catch(() => this.#domains.delete(key));
    return read;
  }

  async #read(organizationId: string, domain: string): Promise<DomainSigning<OpenSigningKey> | null> {
    const signing = await this.database.withOrganization(organizationId, (sql) => readSealedSigning(sql, domain));
    if (signing === null) return null;
    const keys: OpenSigningKey[] = [];
    const unreadable: { selector: string; reason: string }[] = [];
    for (const key of signing.keys) {
      const opened = this.#open(organizationId, domain, key);
      if (typeof opened === 'string') unreadable.push({ selector: key.selector, reason: opened });
      else keys.push({ selector: key.selector, algorithm: key.algorithm, privateKey: opened });
    }
    return { name: signing.name, required: signing.required, keys, unreadable };
  }

  /** The key, or why it cannot be opened. */
  #open(organizationId: string, domain: string, key: SealedSigning['keys'][number]): KeyObject | string {
    const known = this.#keys.get(key.id);
    if (known !== undefined) return known;
    if (this.secretKey === null) return 'EVERPOST_SECRET_KEY is not set';
    try {
      const privateKey = createPrivateKey(openDkimKey(this.secretKey, organizationId, domain, key));
      this.#keys.set(key.id, privateKey);
      return privateKey;
    } catch (error) {
      if (error instanceof SecretUnreadable) return error.message;
      return 'it is no private key';
    }
  }
}
