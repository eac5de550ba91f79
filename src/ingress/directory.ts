import { domainToASCII, domainToUnicode } from 'node:url';
import { LRUCache } from 'lru-cache';
import type { Database } from '../adapters/database/database.js';
import type { VerpAddresses } from '../adapters/signed-tokens/verp.js';
import { mailboxFor } from '../domain/routing.js';

/** Answers are this old at most: a new mailbox receives after a second, and load costs no query a recipient. */
const FRESH_MS = 1_000;
const REMEMBERED = 10_000;

export interface Recipient {
  organizationId: string;
  /** null for a postmaster without a mailbox. */
  mailboxId: string | null;
}

export type Lookup = { found: Recipient } | { refused: 'unknownMailbox' | 'foreignDomain' | 'forgedReturnPath' };

interface Domain extends Record<string, unknown> {
  organization_id: string;
  /** Whether it is known as the host of a domain's return paths alone: nobody else is received there. */
  bounces_only: boolean;
  mailboxes: { id: string; pattern: string }[];
}

/** Who receives mail here: the organizations' domains and mailboxes, each domain remembered for a second. */
export class Directory {
  readonly #database: Database;
  readonly #verp: Pick<VerpAddresses, 'read'> | null;
  readonly #domains = new LRUCache<string, { domain: Domain | null; at: number }>({ max: REMEMBERED });
  readonly #loading = new Map<string, Promise<Domain | null>>();

  /** @param verp null where no secret key is set: no address is a return path of ours then */
  constructor(database: Database, verp: Pick<VerpAddresses, 'read'> | null) {
    this.#database = database;
    this.#verp = verp;
  }

  /** What is known without asking the database; null where it has to be asked. */
  recall(address: string, now: number): Lookup | null {
    const known = this.#domains.get(domainOf(address));
    return known === undefined || now - known.at > FRESH_MS ? null : this.#answer(address, known.domain);
  }

  /** @throws the database's error: an answer from before it went down would let in what cannot be stored */
  async lookUp(address: string): Promise<Lookup> {
    const name = domainOf(address);
    const loading = this.#loading.get(name) ?? this.#load(name).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return this.#answer(address, await loading);
  }

  #answer(address: string, domain: Domain | null): Lookup {
    if (domain === null) return { refused: 'foreignDomain' };
    const path = this.#verp?.read(domain.organization_id, address).kind ?? 'other';
    // It has no mailbox: the report is matched with what it is about.
    if (path === 'valid') return { found: { organizationId: domain.organization_id, mailboxId: null } };
    if (path === 'forged') return { refused: 'forgedReturnPath' };
    return domain.bounces_only ? { refused: 'unknownMailbox' } : mailboxOf(address, domain);
  }

  async #load(name: string): Promise<Domain | null> {
    const at = Date.now();
    const [domain = null] = await this.#database.query<Domain>(
      name === '' ? FIRST_DOMAIN : DOMAIN_BY_NAME,
      name === '' ? [] : [[name, domainToASCII(name), domainToUnicode(name)]],
    );
    this.#domains.set(name, { domain, at });
    return domain;
  }
}

const DOMAIN_BY_NAME = `
select d.organization_id, not (d.name = any($1::text[])) as bounces_only,
  coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'pattern', m.pattern)) filter (where m.id is not null), '[]') as mailboxes
from domains d left join mailboxes m on m.domain_id = d.id
where d.name = any($1::text[]) or d.return_path_host = any($1::text[]) group by d.id order by 2 limit 1`;

/** RFC 5321 4.5.1: "postmaster" without a domain is taken; it is for whoever came first. */
const FIRST_DOMAIN = `
select d.organization_id, false as bounces_only,
  coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'pattern', m.pattern)) filter (where m.id is not null), '[]') as mailboxes
from domains d left join mailboxes m on m.domain_id = d.id group by d.id order by d.created_at, d.id limit 1`;

function mailboxOf(address: string, domain: Domain): Lookup {
  const mailbox = mailboxFor(address, domain.mailboxes);
  const isPostmaster = address.toLowerCase().split('@')[0] === 'postmaster';
  if (mailbox === null && !isPostmaster) return { refused: 'unknownMailbox' };
  return { found: { organizationId: domain.organization_id, mailboxId: mailbox?.id ?? null } };
}

function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1 ? '' : address.slice(at + 1).toLowerCase();
}
