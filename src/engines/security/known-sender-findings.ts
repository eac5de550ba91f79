import type { Correspondent } from '../../domain/correspondent.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { resemblance } from './confusables.js';
import { nameKey } from './correspondent-keys.js';
import { type FindingList, shown } from './finding-list.js';
import { FREE_MAIL, registrable } from './hosting.js';
import type { KnownSenders } from './known-senders.js';
import { hostOfAddress } from './sender-findings.js';

/** Whether the sender is who the organization knows, or passes for one of them. */
export function findInKnownSenders(
  parsed: ParsedMessage,
  known: KnownSenders,
  organizationDomains: readonly string[],
  findings: FindingList,
): void {
  const author = parsed.from[0];
  if (author === undefined) return;
  const address = author.address.toLowerCase();
  const host = hostOfAddress(address);
  const own = organizationDomains.some((domain) => registrable(domain) === registrable(host));
  if (own || isKnown(parsed, known)) return;
  const key = nameKey(author.name);
  const person = key === '' ? undefined : known.people.find(({ name }) => nameKey(name) === key);
  if (person !== undefined && person.address.toLowerCase() !== address) {
    const free = FREE_MAIL.has(registrable(host));
    findings.add(
      'sender.ownName',
      free ? 'high' : 'medium',
      free ? 0.65 : 0.45,
      `The sender calls itself ${shown(author.name)}, as ${shown(person.address)} of your organization, but writes from ${shown(address)}.`,
    );
  }
  findNamesake(author.name, address, known.correspondents, findings);
  findLookalikeDomain(host, known.correspondents, findings);
  findings.add('sender.firstTime', 'info', 0.02, `No mail from ${shown(address)} was delivered before.`);
}

/** Whether mail from this very address was delivered before. */
export function isKnown(parsed: ParsedMessage, known: KnownSenders): boolean {
  const address = parsed.from[0]?.address.toLowerCase();
  return known.correspondents.some((correspondent) => correspondent.address === address);
}

function findNamesake(name: string, address: string, correspondents: readonly Correspondent[], findings: FindingList) {
  const key = nameKey(name);
  const namesake = key === '' ? undefined : correspondents.find((other) => nameKey(other.name) === key);
  if (namesake === undefined) return;
  const domain = registrable(hostOfAddress(address));
  if (namesake.domain === domain) return;
  findings.add(
    'sender.correspondentName',
    'low',
    0.2,
    `The sender has the name of ${shown(namesake.address)}, with whom mail was exchanged, but writes from ${shown(address)}.`,
  );
}

function findLookalikeDomain(host: string, correspondents: readonly Correspondent[], findings: FindingList): void {
  const domains = new Set(correspondents.map(({ domain }) => domain));
  if (domains.has(registrable(host)) || FREE_MAIL.has(registrable(host))) return;
  for (const domain of domains) {
    const likeness = resemblance(host, domain);
    if (likeness !== 'confusable' && likeness !== 'typo') continue;
    const severity = likeness === 'confusable' ? 'high' : 'medium';
    findings.add(
      'sender.lookalikeCorrespondent',
      severity,
      severity === 'high' ? 0.75 : 0.45,
      `The sender's domain ${shown(host)} looks like ${shown(domain)}, with which mail was exchanged.`,
    );
    return;
  }
}
