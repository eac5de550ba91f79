import pLimit from 'p-limit';
import { DEFAULT_OUTGOING } from '../../domain/outgoing/outgoing-settings.js';
import { mailboxFor } from '../../domain/routing.js';
import type { Database } from '../database/database.js';
import { domainInAscii } from '../outgoing/recipient-address.js';
import { tokenHash } from '../organizations/provision.js';
import { hashPassword, isPassword } from './password-hash.js';

/** Who hands mail in, and what they may. */
export interface Submitter {
  organizationId: string;
  /** As it is recorded: `token NAME`, `mailbox ADDRESS`. */
  actor: string;
  /** The mailbox whose addresses alone may send; null for a token, which sends for every domain of its organization. */
  mailboxId: string | null;
  /** What was shown holds as long as it is still there: the hash of the token, or of the password. */
  proof: { token: Buffer } | { password: string };
}

/** An organization as the submission port asks for it. */
export interface Sender {
  /** In A-labels. */
  domains: ReadonlySet<string>;
  /** Empty for a token, which may send as all of them. */
  mailboxes: readonly { id: string; pattern: string }[];
  undoSeconds: number;
}

interface SenderRow extends Record<string, unknown> {
  domains: string[] | null;
  mailboxes: { id: string; pattern: string }[] | null;
  holds: boolean;
  undoSeconds: number | null;
}

interface PasswordRow extends Record<string, unknown> {
  organizationId: string;
  mailboxes: { id: string; pattern: string; hash: string | null }[];
}

/** A hash takes 19 MiB and a core for 50 ms: more at once would be a way to take the process down. */
const HASHES_AT_ONCE = 2;
const LONGEST_SECRET = 1_024;

/** Finds out who signs in at the submission port. Works as everpost_system. */
export class Submitters {
  readonly #database: Pick<Database, 'query'>;
  readonly #hashing = pLimit(HASHES_AT_ONCE);
  /** Compared with where there is no such mailbox, so that the time that it takes tells nothing. */
  #nobody: Promise<string> | null = null;

  constructor(database: Pick<Database, 'query'>) {
    this.#database = database;
  }

  /**
   * An API token as the password, whatever the user name; else an address of a mailbox with its password.
   *
   * @returns null for anybody else
   * @throws the database's error
   */
  async authenticate(user: string, secret: string): Promise<Submitter | null> {
    if (secret === '' || secret.length > LONGEST_SECRET || user.length > LONGEST_SECRET) return null;
    return (await this.#byToken(secret)) ?? (await this.#byPassword(user, secret));
  }

  /**
   * What who signed in may send as, now.
   *
   * @returns null where it may not any more: a connection outlives a token that was revoked, a password that was changed
   * @throws the database's error
   */
  async sender({ organizationId, mailboxId, proof }: Submitter): Promise<Sender | null> {
    const [token, password] = 'token' in proof ? [proof.token, null] : [null, proof.password];
    const [row] = await this.#database.query<SenderRow>(SENDER, [organizationId, token, mailboxId, password]);
    if (row === undefined || !row.holds) return null;
    return {
      domains: new Set((row.domains ?? []).map(domainInAscii)),
      mailboxes: row.mailboxes ?? [],
      undoSeconds: row.undoSeconds ?? DEFAULT_OUTGOING.undoSeconds,
    };
  }

  async #byToken(secret: string): Promise<Submitter | null> {
    const token = tokenHash(secret);
    const [row] = await this.#database.query<{ organization_id: string; name: string }>(
      'select organization_id, name from authenticate_token($1)',
      [token],
    );
    return row === undefined
      ? null
      : { organizationId: row.organization_id, actor: `token ${row.name}`, mailboxId: null, proof: { token } };
  }

  async #byPassword(user: string, secret: string): Promise<Submitter | null> {
    const at = user.lastIndexOf('@');
    const address = `${user.slice(0, at).toLowerCase()}@${domainInAscii(user.slice(at + 1))}`;
    const [row] =
      at < 1 ? [] : await this.#database.query<PasswordRow>(PASSWORDS, [[address.slice(at + 1), user.slice(at + 1)]]);
    const mailbox = mailboxFor(address, row?.mailboxes ?? []);
    this.#nobody ??= hashPassword('');
    const hash = mailbox?.hash ?? (await this.#nobody);
    const right = await this.#hashing(() => isPassword(secret, hash));
    if (!right || row === undefined || mailbox === null || mailbox.hash === null) return null;
    return {
      organizationId: row.organizationId,
      actor: `mailbox ${address}`,
      mailboxId: mailbox.id,
      proof: { password: mailbox.hash },
    };
  }
}

const SENDER = `
select (select array_agg(name) from domains where organization_id = o.id) as domains,
  (select jsonb_agg(jsonb_build_object('id', m.id, 'pattern', m.pattern)) from mailboxes m
   where m.organization_id = o.id and $3::uuid is not null) as mailboxes,
  (o.settings->'outgoing'->>'undoSeconds')::int as "undoSeconds",
  case when $2::bytea is not null then exists (select from authenticate_token($2) t where t.organization_id = o.id)
    else exists (select from mailbox_passwords where mailbox_id = $3::uuid and hash = $4::text) end as holds
from organizations o where o.id = $1`;

const PASSWORDS = `
select d.organization_id as "organizationId",
  coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'pattern', m.pattern, 'hash', p.hash)) filter (where m.id is not null),
    '[]') as mailboxes
from domains d left join mailboxes m on m.domain_id = d.id left join mailbox_passwords p on p.mailbox_id = m.id
where d.name = any($1::text[]) group by d.id limit 1`;
