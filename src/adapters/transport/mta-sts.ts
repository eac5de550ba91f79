import { LRUCache } from 'lru-cache';
import { parsePolicy, resolvePolicy, validateMx } from 'mailauth/lib/mta-sts.js';
import type { Database } from '../database/database.js';
import { fetchPolicyFile, type PolicyHostOptions } from './policy-host.js';

export interface MtaStsPolicy {
  mode: 'enforce' | 'testing' | 'none';
  /** Names of hosts, `*.example.org` among them. */
  mx: string[];
}

/** A policy as it was fetched; times in milliseconds since 1970. */
interface Kept {
  policyId: string;
  policy: MtaStsPolicy;
  fetchedAt: number;
  expiresAt: number;
}

const MOST_KEPT = 10_000;
/** RFC 8461 3.3: a fetch that failed is not tried again at once. */
const RETRY_MS = 5 * 60_000;
const ABSENT_MS = 10 * 60_000;

/** The MTA-STS policies of destinations (RFC 8461), kept in memory and in the database for as long as they say. */
export class MtaStsPolicies {
  readonly #system: Database;
  readonly #host: PolicyHostOptions;
  readonly #now: () => number;
  readonly #kept = new LRUCache<string, Kept>({ max: MOST_KEPT });
  /** Policies that could not be fetched: until when they are left alone. */
  readonly #failed = new LRUCache<string, number>({ max: MOST_KEPT });
  /** Domains that the database has no policy of: a look at it for each mail would be too many. */
  readonly #absent = new LRUCache<string, true>({ max: MOST_KEPT, ttl: ABSENT_MS });
  readonly #underWay = new Map<string, Promise<Kept | null>>();

  readonly #onError: (error: unknown) => void;

  /** @param onError told of policies that are announced and cannot be had */
  constructor(system: Database, host: PolicyHostOptions, now: () => number, onError: (error: unknown) => void) {
    this.#system = system;
    this.#host = host;
    this.#now = now;
    this.#onError = onError;
  }

  /** The policy in force; null: there is none. What cannot be asked or fetched leaves the last one in force. */
  async policyFor(domain: string): Promise<MtaStsPolicy | null> {
    const found = await this.#idOf(domain);
    const kept = await this.#load(domain);
    const valid = kept !== null && kept.expiresAt > this.#now() ? kept : null;
    if (found === null || !this.#isDue(valid, found, domain)) return valid?.policy ?? null;
    const fetched = await this.#fetchOnce(domain, found);
    return (fetched ?? valid)?.policy ?? null;
  }

  /** Of its TXT record; null where there is none, or it could not be asked. */
  async #idOf(domain: string): Promise<string | null> {
    try {
      const resolver = this.#host.resolve as (name: string, rrtype: string) => Promise<string[]>;
      const id = await resolvePolicy(domain, { resolver, strict: true });
      return id === false ? null : id;
    } catch {
      return null; // RFC 8461 5.1: it goes on as it was
    }
  }

  /** Anew where it has changed, or half of its time is over: it must not run out while its host is down. */
  #isDue(valid: Kept | null, id: string, domain: string): boolean {
    const fresh = valid !== null && valid.policyId === id && this.#now() < (valid.fetchedAt + valid.expiresAt) / 2;
    return !fresh && (this.#failed.get(`${domain} ${id}`) ?? 0) <= this.#now();
  }

  async #load(domain: string): Promise<Kept | null> {
    const known = this.#kept.get(domain);
    if (known !== undefined) return known;
    if (this.#absent.has(domain)) return null;
    const [row] = await this.#system.query<{ id: string; policy: MtaStsPolicy; fetched: string; expires: string }>(
      `select policy_id as id, policy, fetched_at as fetched, expires_at as expires from mta_sts_policies
       where domain = $1 and expires_at > now()`,
      [domain],
    );
    if (row === undefined) {
      this.#absent.set(domain, true);
      return null;
    }
    const { id: policyId, policy, fetched, expires } = row;
    const kept = { policyId, policy, fetchedAt: Date.parse(fetched), expiresAt: Date.parse(expires) };
    this.#kept.set(domain, kept);
    return kept;
  }

  #fetchOnce(domain: string, id: string): Promise<Kept | null> {
    const key = `${domain} ${id}`;
    let fetching = this.#underWay.get(key);
    if (fetching === undefined) {
      fetching = this.#fetch(domain, id).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, fetching);
    }
    return fetching;
  }

  async #fetch(domain: string, policyId: string): Promise<Kept | null> {
    let kept: Kept;
    try {
      const { mode, mx, maxAge } = parsePolicy(await fetchPolicyFile(domain, this.#host), { strict: true });
      const fetchedAt = this.#now();
      const policy = { mode, mx: mx ?? [] };
      kept = { policyId, policy, fetchedAt, expiresAt: fetchedAt + (maxAge ?? 0) * 1_000 };
    } catch (cause) {
      this.#onError(new Error(`the MTA-STS policy of ${domain} cannot be had`, { cause }));
      this.#failed.set(`${domain} ${policyId}`, this.#now() + RETRY_MS);
      return null;
    }
    this.#kept.set(domain, kept);
    await this.#system.query(
      `insert into mta_sts_policies (domain, policy_id, policy, expires_at, fetched_at)
       values ($1, $2, $3::jsonb, to_timestamp($4 / 1000.0), to_timestamp($5 / 1000.0))
       on conflict (domain) do update set policy_id = excluded.policy_id, policy = excluded.policy,
         expires_at = excluded.expires_at, fetched_at = excluded.fetched_at`,
      [domain, policyId, JSON.stringify(kept.policy), kept.expiresAt, kept.fetchedAt],
    );
    return kept;
  }
}

/** Whether mail for the domain may go to this host, by its policy. */
export function isNamed(host: string, { mode, mx }: MtaStsPolicy): boolean {
  return validateMx(host, { mode, mx }).valid;
}
