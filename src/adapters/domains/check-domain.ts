import {
  keysMadeNotice,
  keysWaitingNotice,
  lostRecords,
  recordLostNotice,
} from '../../domain/domains/domain-notice.js';
import type { DnsAnswer } from '../../domain/domains/dns-record.js';
import { dnsQuestions, dnsRecords, type PublishedDomain, type SendingHost } from '../../domain/domains/dns-records.js';
import { isReminderDue, nextLook, rotationSteps } from '../../domain/domains/dkim-rotation.js';
import type { Sql } from '../database/database.js';
import { lockDomain, type DomainRecord } from '../organizations/domains.js';
import { notePublished, readDkimKeys, type DkimKeyRecord } from './dkim-keys.js';
import { askDns, readDnsAnswers, storeDnsAnswers, type AskRecords } from './dns-answers.js';
import { tellOfDomain } from './domain-notices.js';
import { makeKeys, moveKeys, SYSTEM, type Actor, type KeyChanges } from './key-changes.js';
import { returnPathOf } from './return-path.js';

/** What a look at domains is done with. */
export interface DomainLook {
  /** A resolver that keeps nothing from before; null: the DNS is not asked. */
  resolver: (() => AskRecords) | null;
  host: SendingHost;
  /** EVERPOST_SECRET_KEY; null: no keys are made. */
  secretKey: Buffer | null;
}

/** What of a domain concerns the DNS. */
export function publishedDomain(domain: DomainRecord, keys: readonly DkimKeyRecord[]): PublishedDomain {
  return {
    name: domain.name,
    keys: keys.filter(({ status }) => status !== 'RETIRED'),
    returnPath: returnPathOf(domain),
    createdAt: domain.createdAt,
  };
}

/** Asks the DNS about a domain, outside of any transaction. */
export async function askAbout(
  look: DomainLook,
  domain: DomainRecord,
  keys: readonly DkimKeyRecord[],
  now: Date,
): Promise<DnsAnswer[]> {
  if (look.resolver === null) return [];
  return askDns(look.resolver(), dnsQuestions(publishedDomain(domain, keys)), now);
}

/**
 * Draws the conclusions in one transaction: what was found is kept, keys whose records are seen begin to sign, old ones
 * retire, and new ones are made when it is time. Twice at once, or once more after a crash, changes nothing twice.
 */
export async function concludeLook(
  sql: Sql,
  look: DomainLook,
  domainId: string,
  answers: readonly DnsAnswer[],
  actor: Actor,
  now: Date,
): Promise<void> {
  const domain = await lockDomain(sql, domainId);
  // Somebody removed it meanwhile.
  if (domain === null) return;
  const keys = await readDkimKeys(sql, [domain.name]);
  const facts = publishedDomain(domain, keys);
  const stored = await readDnsAnswers(sql, [domain.name]);
  const before = dnsRecords(facts, look.host, stored);
  const after = dnsRecords(facts, look.host, answers);
  if (answers.length > 0) await storeDnsAnswers(sql, domain, answers, stored);

  const names = new Set(
    after.flatMap(({ purpose, status, name }) => (purpose === 'DKIM' && status === 'PUBLISHED' ? [name] : [])),
  );
  const seen = keys.filter(({ selector }) => names.has(`${selector}._domainkey.${domain.name}`));
  await notePublished(
    sql,
    seen.map(({ id }) => id),
    now,
  );
  const changes = await rotate(sql, look, domain, keys, new Set(seen.map(({ selector }) => selector)), actor, now);

  // A look that nobody answered lies between them at times: what counts is what was known last.
  const known = stored.map((answer) => ({ ...answer, values: answer.known }));
  const lost = lostRecords(dnsRecords(facts, look.host, known), after);
  changes.notices.push(...lost.map(recordLostNotice));
  const states = after.map(({ purpose, name, status }) => ({ purpose, name, status }));
  const changed = states.filter(({ status }, index) => before[index]?.status !== status);
  if (answers.length > 0 && changed.length > 0) {
    changes.events.push({ kind: 'domain.records', payload: { changed } });
  }
  const pending = (await readDkimKeys(sql, [domain.name])).filter(({ status }) => status === 'PENDING');
  const [waiting] = pending;
  // Who asked for keys himself knows of them.
  const own = pending.filter(({ createdBy }) => createdBy === SYSTEM.name);
  if (own.length > 0 && answers.length > 0 && isReminderDue(own[0]!.createdAt, domain.checkedAt, now)) {
    changes.notices.push(keysWaitingNotice(domain.name, own));
  }
  await tellOfDomain(sql, domain, changes.notices, changes.events);

  const unanswered = answers.some(({ values }) => values === null);
  await sql('update domains set dns_checked_at = coalesce($2, dns_checked_at), dns_check_due_at = $3 where id = $1', [
    domain.id,
    answers.length > 0 ? now.toISOString() : null,
    nextLook({ waitingSince: waiting?.createdAt ?? null, unanswered }, now).toISOString(),
  ]);
}

async function rotate(
  sql: Sql,
  look: DomainLook,
  domain: DomainRecord,
  keys: readonly DkimKeyRecord[],
  seen: ReadonlySet<string>,
  actor: Actor,
  now: Date,
): Promise<KeyChanges> {
  const steps = rotationSteps(keys, seen, domain, now);
  const moves = steps.flatMap((step) => (step.do === 'renew' ? [] : [step]));
  const changes = await moveKeys(sql, domain, moves, actor, now);
  if (moves.length === steps.length || look.secretKey === null) return changes;
  const made = await makeKeys(sql, look.secretKey, domain, actor, now);
  return {
    notices: [...changes.notices, keysMadeNotice(domain.name, made.keys)],
    events: [...changes.events, ...made.events],
  };
}
