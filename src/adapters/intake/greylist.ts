import type { Contact } from '../../domain/intake-policy.js';
import type { Database } from '../database/database.js';

export interface ContactKey {
  organizationId: string;
  triplet: Buffer;
  /** The client's network, by which it is known once it has come again. */
  network: string;
}

/** What is known of a contact, and whether its network has come again before. */
export async function readContact(
  database: Pick<Database, 'query'>,
  { organizationId, triplet, network }: ContactKey,
): Promise<{ contact: Contact | null; networkPassed: boolean }> {
  const [row] = await database.query<Contact & { networkPassed: boolean } & Record<string, unknown>>(
    `select g.first_seen as "firstSeen", g.last_seen as "lastSeen", g.passed_at as "passedAt",
       exists (select from greylist p where p.organization_id = $1 and p.network = $3 and p.passed_at is not null
         and p.last_seen > now() - interval '35 days') as "networkPassed"
     from (select) as one left join greylist g on g.organization_id = $1 and g.triplet = $2`,
    [organizationId, triplet, network],
  );
  const { firstSeen, lastSeen, passedAt, networkPassed } = row!;
  const contact =
    firstSeen === null ? null : { firstSeen: new Date(firstSeen), lastSeen: new Date(lastSeen), passedAt };
  return { contact, networkPassed };
}

/** Notes an attempt. Two at the same moment note the same. */
export async function noteContact(
  database: Pick<Database, 'query'>,
  { organizationId, triplet, network }: ContactKey,
  { begins, pass }: { begins: boolean; pass: boolean },
): Promise<void> {
  await database.query(
    `insert into greylist as g (organization_id, triplet, network, first_seen, last_seen, passed_at)
     values ($1, $2, $3, now(), now(), case when $5 then now() end)
     on conflict (organization_id, triplet) do update set
       first_seen = case when $4 then now() else g.first_seen end,
       last_seen = now(), passed_at = case when $5 then coalesce(g.passed_at, now()) else null end`,
    [organizationId, triplet, network, begins, pass],
  );
}

/** Contacts that never came again are forgotten after two days, known ones after 36. */
export async function purgeGreylist(database: Pick<Database, 'query'>): Promise<void> {
  await database.query(
    `delete from greylist
     where last_seen < now() - case when passed_at is null then interval '2 days' else interval '36 days' end`,
  );
}
