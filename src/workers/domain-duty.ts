import type pg from 'pg';
import { inTransaction, sqlOf } from '../adapters/database/client-sql.js';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { askAbout, concludeLook, type DomainLook } from '../adapters/domains/check-domain.js';
import { readDkimKeys } from '../adapters/domains/dkim-keys.js';
import { SYSTEM } from '../adapters/domains/key-changes.js';
import { readDomain } from '../adapters/organizations/domains.js';

const ROUND_MS = 15_000;
/** The DNS is asked about so many at the same time: a round takes no longer than one of them does. */
const BATCH = 10;
/** A domain whose look failed waits so long, and holds up no other. */
const REST = '10 minutes';

export interface DomainDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'>, DomainLook {
  onError: (error: unknown) => void;
  now?: () => Date;
}

/**
 * A candidate for what domains need by themselves: looks at their records in the DNS and rotates their keys. A duty, no
 * workflow: a key waits half a year for what the same look sees, and all that is known of it are its rows.
 */
export function createDomainDuty(options: DomainDutyOptions): Leadership {
  const now = options.now ?? (() => new Date());
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'domains',
    channels: [],
    work: async (client) => {
      try {
        return (await lookAtDue(client, options, now())) === BATCH ? 0 : ROUND_MS;
      } catch (error) {
        options.onError(error);
        return ROUND_MS;
      }
    },
  });
}

/** @returns how many domains were due */
export async function lookAtDue(
  client: pg.Client,
  options: DomainLook & Pick<DomainDutyOptions, 'onError'>,
  now: Date,
): Promise<number> {
  const sql = sqlOf(client);
  const due = await sql<{ id: string; name: string }>(
    `select id, name from domains where dns_check_due_at <= $1 order by dns_check_due_at limit ${BATCH}`,
    [now.toISOString()],
  );
  const asked: { id: string; asking: ReturnType<typeof askAbout> }[] = [];
  for (const { id, name } of due) {
    const domain = await readDomain(sql, name);
    if (domain === null) continue;
    const keys = await readDkimKeys(sql, [name]);
    const asking = askAbout(options, domain, keys, now);
    asking.catch(() => undefined); // awaited below, one after another
    asked.push({ id, asking });
  }
  for (const { id, asking } of asked) {
    try {
      const answers = await asking;
      await inTransaction(client, (tx) => concludeLook(tx, options, id, answers, SYSTEM, now));
    } catch (error) {
      options.onError(error);
      await sql(`update domains set dns_check_due_at = $2::timestamptz + interval '${REST}' where id = $1`, [
        id,
        now.toISOString(),
      ]);
    }
  }
  return due.length;
}
