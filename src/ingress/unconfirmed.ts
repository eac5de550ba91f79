/**
 * Unconfirmed acceptances: which 250 a client may not have seen.
 *
 * A message is committed before its 250 is sent. When the connection dies in between, the client delivers again, and
 * the message would be there twice. So every acceptance commits a row in unconfirmed_acceptances with it, and:
 *
 * 1. A byte from the client that was read after the 250 was written confirms it: the row goes. Bytes that had come
 *    before (a pipelined QUIT, RFC 2920) prove nothing; then only a connection that the client closed in good order
 *    after QUIT does, because closing with a reply unread makes its kernel send a reset.
 * 2. A connection that ends without that closes its rows: `closed_at`. So does the death of this process: its advisory
 *    lock (INSTANCE_LOCKS, hash of its instance) is gone and its open rows count as closed.
 * 3. A delivery whose DATA began after a row was closed, with the same key (client address, envelope, SHA-256 of the
 *    bytes as received), is that message again: it takes the row over (one delivery a row, `for update skip locked`),
 *    stores nothing and gets the reply of then. It now owes a confirmation itself, from 1. on.
 * 4. Every other delivery is new: as long as the first connection is open, identical mail on another one is another
 *    mail.
 *
 * Crash points, one by one:
 * - before the commit: nothing is stored, no 250; the client delivers again.
 * - after the commit, before the 250 or before the client read it: 2. and 3.
 * - a commit whose answer was lost with the database connection: the client gets 451 and the row, if it was
 *   committed, is closed at once; the next delivery matches it. A retry never doubles it, the ids being the same.
 * - the client gave up while the commit hung: its next delivery carries the same key, and a transaction-level lock on
 *   the key makes it wait for the commit; the connection is known to have ended, so the row counts as closed.
 * - after the confirmation, before the row is deleted (some 50 ms, see FLUSH_MS, and without an fsync of its own): a
 *   crash within that time leaves a row that a later identical delivery of that client matches although it is a new
 *   one. That is the one known price, and it takes a client that sends the very same bytes twice on purpose.
 *
 * `closed_at` and the begin of a delivery are times of intake processes: where several run, their clocks must agree to
 * within the time that a client needs to reconnect.
 */
import { createHash } from 'node:crypto';
import type { Sql } from '../adapters/database/database.js';
import { INSTANCE_LOCKS } from './instance-lock.js';

/** First key of the transaction-level locks on a delivery's key. */
const DELIVERY_LOCKS = 7_006;
const KEPT = '7 days';

export interface Acceptance {
  readonly key: Buffer;
  /** Connection and transaction: the row's name together with the key. */
  readonly session: string;
  /** When its connection ended unconfirmed; null while it has not. */
  closedAt: Date | null;
  /** Whether the row may be in the database. */
  written: boolean;
}

/** What identifies a delivery to be matched. The order of recipients is not part of it. */
export function deliveryKey(client: string, mailFrom: string, recipients: readonly string[], sha256: Buffer): Buffer {
  const envelope = JSON.stringify([client, mailFrom, [...recipients].sort()]);
  return createHash('sha256').update(envelope).update(sha256).digest();
}

export interface Redelivery {
  session: string;
  reply: string;
}

export interface UnconfirmedRow {
  acceptance: Acceptance;
  acceptedAs: string[];
  reply: string;
}

/** What this process knows of its acceptances and has not written yet. */
export class UnconfirmedLedger {
  readonly #instance: string;
  #confirmed = new Set<Acceptance>();
  readonly #closed = new Set<Acceptance>();
  readonly #onWork: () => void;

  /** @param onWork called when there is something to write: it may wait a little */
  constructor(instance: string, onWork: () => void) {
    this.#instance = instance;
    this.#onWork = onWork;
  }

  confirm(acceptance: Acceptance): void {
    this.#confirmed.add(acceptance);
    this.#onWork();
  }

  close(acceptance: Acceptance, at: Date): void {
    acceptance.closedAt = at;
    this.#closed.add(acceptance);
    this.#onWork();
  }

  /** It was not committed, for certain: no row to write to. */
  forget(acceptance: Acceptance): void {
    this.#closed.delete(acceptance);
    this.#confirmed.delete(acceptance);
  }

  get hasWork(): boolean {
    return this.#confirmed.size > 0 || this.#closed.size > 0;
  }

  /**
   * Writes what is known in the caller's transaction.
   *
   * @returns to be called with whether that was committed; what was not is written again
   */
  async write(sql: Sql, onSent: (settled: (committed: boolean) => void) => void): Promise<void> {
    const confirmed = [...this.#confirmed];
    this.#confirmed = new Set();
    // One whose transaction still runs has no row yet: it stays for later, and for claims of this process.
    const closed = [...this.#closed].filter((acceptance) => acceptance.written);
    onSent((committed) => {
      if (committed) for (const acceptance of closed) this.#closed.delete(acceptance);
      else for (const acceptance of confirmed) this.#confirmed.add(acceptance);
    });
    await Promise.all([
      confirmed.length > 0 &&
        sql(DELETE, [confirmed.map(({ key }) => hex(key)), confirmed.map(({ session }) => session)]),
      closed.length > 0 && sql(CLOSE, [this.#instance, closed.map(({ session }) => session), closed.map(closedAt)]),
    ]);
  }

  /** Locks the deliveries' keys, in one order for all, and tells whether rows with one of them may be there to match. */
  async lockAndLook(sql: Sql, acceptances: readonly Acceptance[]): Promise<boolean> {
    const locks = new Set(acceptances.map(({ key }) => key.readInt32BE(0)));
    const [, found] = await Promise.all([
      sql(LOCK_KEYS, [[...locks].sort((a, b) => a - b)]),
      // A statement of its own: its snapshot is taken after the locks, so it sees what their holders committed.
      sql(LOOK, [acceptances.map(({ key }) => hex(key))]),
    ]);
    return found.length > 0;
  }

  /** Takes over the closed rows that the deliveries match. Their keys are locked. */
  async claim(sql: Sql, deliveries: readonly { acceptance: Acceptance; startedAt: Date }[]): Promise<Redelivery[]> {
    const closed = [...this.#closed];
    return sql<Redelivery & Record<string, unknown>>(CLAIM, [
      deliveries.map(({ acceptance }) => hex(acceptance.key)),
      deliveries.map(({ acceptance }) => acceptance.session),
      deliveries.map(({ startedAt }) => startedAt.toISOString()),
      this.#instance,
      closed.map(({ session }) => session),
      closed.map(closedAt),
    ]);
  }

  async insert(sql: Sql, rows: readonly UnconfirmedRow[]): Promise<void> {
    await sql(INSERT, [
      JSON.stringify(
        rows.map(({ acceptance, acceptedAs, reply }) => ({
          key_hex: acceptance.key.toString('hex'),
          accepted_as: acceptedAs,
          reply,
          session: acceptance.session,
          closed_at: acceptance.closedAt?.toISOString() ?? null,
        })),
      ),
      this.#instance,
    ]);
  }
}

/** Whether no process with this instance lives. */
export async function isInstanceGone(sql: Sql, instance: string): Promise<boolean> {
  const [row] = await sql<{ gone: boolean }>('select pg_try_advisory_xact_lock_shared($1, hashtext($2)) as gone', [
    INSTANCE_LOCKS,
    instance,
  ]);
  return row?.gone === true;
}

/** Begins a transaction that only writes the ledger: the death of a process loses nothing of it, that of the server may. */
export async function withoutWaitingForDisk(sql: Sql): Promise<void> {
  await sql(`select ${BY_INDEX}, set_config('synchronous_commit', 'off', true)`);
}

/** Clients that have not come back within days never will. */
export async function purgeUnconfirmed(sql: Sql): Promise<void> {
  await sql(`delete from unconfirmed_acceptances where created_at < now() - interval '${KEPT}'`);
}

const hex = (bytes: Buffer) => `\\x${bytes.toString('hex')}`;
const closedAt = (acceptance: Acceptance) => acceptance.closedAt?.toISOString() ?? null;

const DELETE = `
delete from unconfirmed_acceptances u using unnest($1::bytea[], $2::text[]) as c(key, session)
where u.key = c.key and u.session = c.session`;

const CLOSE = `
update unconfirmed_acceptances u set closed_at = c.closed_at
from unnest($2::text[], $3::timestamptz[]) as c(session, closed_at)
where u.instance = $1::uuid and u.session = c.session`;

/**
 * For the rest of the transaction. The table is nearly empty when a statement is planned, so reading all of it looks
 * cheapest; then thousands of rows a second come and go, and their remains made that ten times the cost of a look-up.
 */
const BY_INDEX = `set_config('enable_seqscan', 'off', true)`;

const LOCK_KEYS = `
select ${BY_INDEX}, count(pg_advisory_xact_lock(${DELIVERY_LOCKS}, key)) from unnest($1::int[]) as k(key)`;

const LOOK = 'select 1 from unconfirmed_acceptances where key = any($1::bytea[]) limit 1';

/** The oldest delivery gets the row that was closed first; skip locked: another transaction has just taken that one. */
const CLAIM = `
with wanted as (
  select key, session, started_at, row_number() over (partition by key order by started_at) as turn
  from unnest($1::bytea[], $2::text[], $3::timestamptz[]) as w(key, session, started_at)),
free as materialized (
  select u.key, u.session, coalesce(u.closed_at, c.closed_at, '-infinity') as closed_at
  from unconfirmed_acceptances u
  left join unnest($5::text[], $6::timestamptz[]) as c(session, closed_at)
    on u.instance = $4::uuid and u.session = c.session
  where u.key = any($1::bytea[]) and case
    when u.closed_at is not null then true
    when u.instance = $4::uuid then c.session is not null
    else pg_try_advisory_xact_lock_shared(${INSTANCE_LOCKS}, hashtext(u.instance::text)) end
  for update of u skip locked),
offered as (select *, row_number() over (partition by key order by closed_at) as turn from free)
update unconfirmed_acceptances u set instance = $4::uuid, session = w.session, closed_at = null
from wanted w join offered o on o.key = w.key and o.turn = w.turn and o.closed_at <= w.started_at
where u.key = o.key and u.session = o.session
returning u.session, u.reply`;

const INSERT = `
insert into unconfirmed_acceptances (key, accepted_as, reply, instance, session, closed_at)
select decode(key_hex, 'hex'), accepted_as, reply, $2::uuid, session, closed_at
from jsonb_to_recordset($1::jsonb)
  as r(key_hex text, accepted_as uuid[], reply text, session text, closed_at timestamptz)`;
