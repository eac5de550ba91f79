import { dkimRecordName, dkimRecordText, type DkimKeyFacts } from './dkim-key.js';
import type { DnsRecord } from './dns-record.js';

/** What people are told of a domain. */
export interface DomainNotice {
  kind: 'domainKeysMade' | 'domainKeysWaiting' | 'domainKeyInUse' | 'domainKeyRetired' | 'domainRecordLost';
  text: string;
}

export function keysMadeNotice(domain: string, keys: readonly DkimKeyFacts[]): DomainNotice {
  const text =
    `It is time for new DKIM keys of ${domain}, and they are made. Publish these records; mail is signed with the ` +
    `old keys until they are seen: ${recordsOf(domain, keys)}`;
  return { kind: 'domainKeysMade', text };
}

/** Again, for those that nobody has published. */
export function keysWaitingNotice(domain: string, keys: readonly DkimKeyFacts[]): DomainNotice {
  const text =
    `The new DKIM keys of ${domain} still wait for their records, and mail is signed with the old ones. ` +
    `Publish: ${recordsOf(domain, keys)}`;
  return { kind: 'domainKeysWaiting', text };
}

const recordsOf = (domain: string, keys: readonly DkimKeyFacts[]) =>
  keys.map((key) => `${dkimRecordName(key.selector, domain)} TXT "${dkimRecordText(key)}"`).join(' ; ');

export function keyInUseNotice(
  domain: string,
  selector: string,
  old: readonly string[],
  overlapDays: number,
): DomainNotice {
  const stay = old.map((one) => dkimRecordName(one, domain)).join(', ');
  const rest = old.length === 0 ? '' : ` Leave the record ${stay} where it is: it may go in ${overlapDays} days.`;
  return { kind: 'domainKeyInUse', text: `Mail from ${domain} is signed with ${selector} from now on.${rest}` };
}

export function keyRetiredNotice(domain: string, selector: string): DomainNotice {
  return {
    kind: 'domainKeyRetired',
    text: `The record ${dkimRecordName(selector, domain)} is needed no more: remove it.`,
  };
}

export function recordLostNotice(record: DnsRecord): DomainNotice {
  const text = `The ${record.type} record of ${record.name} was published and is not any more. ${record.problem ?? ''}`;
  return { kind: 'domainRecordLost', text: text.trim() };
}

/** Required records that were seen published and are missing or different now. */
export function lostRecords(before: readonly DnsRecord[], after: readonly DnsRecord[]): DnsRecord[] {
  const keyOf = ({ purpose, type, name }: DnsRecord) => `${purpose} ${type} ${name}`;
  const published = new Set(before.filter(({ status }) => status === 'PUBLISHED').map(keyOf));
  return after.filter(
    (record) =>
      record.required && (record.status === 'MISSING' || record.status === 'DIFFERENT') && published.has(keyOf(record)),
  );
}
