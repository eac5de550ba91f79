import type { Sql } from '../database/database.js';
import { keyAddress } from './key-address.js';
import { putRecipientKeys, removeRevokedKeys } from './recipient-keys.js';
import type { WkdAnswer } from './wkd.js';

/** How long an answer holds: a key, that there is none, that nobody could say. */
const FOUND_HOURS = 24;
const NONE_HOURS = 24;
const FAILED_HOURS = 1;
const FORGOTTEN_AT_ONCE = 20;

/** Those of the addresses whose directory has not been asked lately, as they were given. */
export async function addressesToAsk(sql: Sql, addresses: readonly string[]): Promise<string[]> {
  const rows = await sql<{ address: string }>(
    'select address from key_lookups where address = any($1::text[]) and until > now()',
    [addresses.map(keyAddress)],
  );
  const known = new Set(rows.map(({ address }) => address));
  return addresses.filter((address) => !known.has(keyAddress(address)));
}

/**
 * Stores what a directory said, with its key, and forgets answers that hold no more. A key that it does not give any more
 * is kept as long as it is in force.
 */
export async function keepLookup(sql: Sql, organizationId: string, address: string, answer: WkdAnswer): Promise<void> {
  const key = answer.status === 'answered' ? answer.key : null;
  if (key !== null) {
    await putRecipientKeys(sql, organizationId, [
      { address, source: 'WKD', trust: 'DOMAIN', facts: key, createdBy: 'directory' },
    ]);
  }
  if (answer.status === 'answered' && answer.revoked.length > 0) {
    await removeRevokedKeys(sql, address, answer.revoked);
  }
  const hours = answer.status === 'failed' ? FAILED_HOURS : key === null ? NONE_HOURS : FOUND_HOURS;
  await sql(
    `insert into key_lookups (organization_id, address, until, found, failure)
     values ($1, $2, now() + make_interval(hours => $3), $4, $5)
     on conflict (organization_id, address) do update
       set looked_up_at = now(), until = excluded.until, found = excluded.found, failure = excluded.failure`,
    [organizationId, keyAddress(address), hours, key !== null, answer.status === 'failed' ? answer.reason : null],
  );
  // Whoever asks for more clears away as much: the table never holds more than a day has asked for and a few.
  await sql(
    `delete from key_lookups where (organization_id, address) in (
       select organization_id, address from key_lookups where until < now() - interval '1 day' limit $1
       for update skip locked)`,
    [FORGOTTEN_AT_ONCE],
  );
}
