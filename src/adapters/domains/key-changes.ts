import { keyInUseNotice, keyRetiredNotice, type DomainNotice } from '../../domain/domains/domain-notice.js';
import type { DkimKeyStatus } from '../../domain/domains/dkim-key.js';
import type { RotationStep } from '../../domain/domains/dkim-rotation.js';
import { recordAudit } from '../audit/audit.js';
import type { Sql } from '../database/database.js';
import type { NewEvent } from '../feed/append-events.js';
import type { DomainRecord } from '../organizations/domains.js';
import { insertDkimKeys, readDkimKeys, setDkimKeyStatus, type DkimKeyRecord } from './dkim-keys.js';
import { newDkimKeys } from './new-dkim-key.js';

/** Who changes something, for the audit trail. */
export interface Actor {
  name: string;
  /** Network address; null for what acts by itself. */
  address: string | null;
}

/** What acts by itself. */
export const SYSTEM: Actor = { name: 'system', address: null };

/** What people and programs are told of a change, at the end of its transaction. */
export interface KeyChanges {
  notices: DomainNotice[];
  events: Pick<NewEvent, 'kind' | 'payload'>[];
}

type KeyStep = Exclude<RotationStep<DkimKeyRecord>, { do: 'renew' }>;

const BECOMES: Record<KeyStep['do'], DkimKeyStatus> = { activate: 'ACTIVE', supersede: 'RETIRING', retire: 'RETIRED' };

/** Moves keys on, in the caller's transaction that holds the domain. */
export async function moveKeys(
  sql: Sql,
  domain: DomainRecord,
  steps: readonly KeyStep[],
  actor: Actor,
  now: Date,
): Promise<KeyChanges> {
  const changes: KeyChanges = { notices: [], events: [] };
  for (const { do: what, key } of steps) {
    const status = BECOMES[what];
    await setDkimKeyStatus(sql, key.id, status, now);
    await recordAudit(sql, {
      organizationId: domain.organizationId,
      actor: actor.name,
      address: actor.address,
      action: `domain.${what}Key`,
      objectKind: 'domain',
      objectId: domain.id,
      before: { selector: key.selector, status: key.status },
      after: { selector: key.selector, status },
    });
    changes.events.push({ kind: 'domain.key', payload: { selector: key.selector, status } });
    if (what === 'retire') changes.notices.push(keyRetiredNotice(domain.name, key.selector));
    if (what === 'activate') {
      const old = steps.flatMap((step) =>
        step.do === 'supersede' && step.key.algorithm === key.algorithm ? [step.key.selector] : [],
      );
      changes.notices.push(keyInUseNotice(domain.name, key.selector, old, domain.overlapDays));
    }
  }
  return changes;
}

/** Makes keys that wait for their records, in the caller's transaction that holds the domain. @returns the new ones */
export async function makeKeys(
  sql: Sql,
  secretKey: Buffer,
  domain: DomainRecord,
  actor: Actor,
  now: Date,
): Promise<{ keys: DkimKeyRecord[]; events: KeyChanges['events'] }> {
  const before = await readDkimKeys(sql, [domain.name]);
  const taken = before.map(({ selector }) => selector);
  await insertDkimKeys(sql, domain, await newDkimKeys(secretKey, domain, taken, now), actor.name, now);
  // It is looked at soon, and often while its records are awaited.
  await sql('update domains set dns_check_due_at = $2 where id = $1', [domain.id, now.toISOString()]);
  const keys = (await readDkimKeys(sql, [domain.name])).filter(({ selector }) => !taken.includes(selector));
  await recordAudit(sql, {
    organizationId: domain.organizationId,
    actor: actor.name,
    address: actor.address,
    action: 'domain.makeKeys',
    objectKind: 'domain',
    objectId: domain.id,
    after: { selectors: keys.map(({ selector }) => selector) },
  });
  const events = keys.map(({ selector }) => ({
    kind: 'domain.key' as const,
    payload: { selector, status: 'PENDING' },
  }));
  return { keys, events };
}
