import type { Address, ParsedMessage } from '../../domain/parsed-message.js';
import { BRANDS } from './brands.js';
import { resemblance } from './confusables.js';
import { deceivingLabel, unicodeHost } from './idn-policy.js';
import { FREE_MAIL, registrable } from './hosting.js';
import { plainText } from './plain-text.js';
import { type FindingList, shown } from './finding-list.js';

const ADDRESS_IN_NAME = /[\w.+-]{1,64}@((?:[\w-]{1,63}\.){1,5}[a-z]{2,24})/i;

export function hostOfAddress(address: string): string {
  return address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .replace(/[>\s.]{1,10}$/, '');
}

export function findInSender(
  parsed: ParsedMessage,
  organizationDomains: readonly string[],
  findings: FindingList,
): void {
  const author = parsed.from[0];
  if (author === undefined) return;
  const host = hostOfAddress(author.address);
  findLookalike(host, organizationDomains, findings);
  findInName(author, host, organizationDomains, findings);
  findReplyElsewhere(parsed, host, findings);
  if (parsed.from.length > 1 && parsed.sender.length === 0) {
    findings.add(
      'sender.several',
      'low',
      0.2,
      `The mail names ${parsed.from.length} authors but no sender, which RFC 5322 3.6.2 requires.`,
    );
  }
}

function findLookalike(host: string, organizationDomains: readonly string[], findings: FindingList): void {
  const deceiving = deceivingLabel(host);
  if (deceiving !== null) {
    findings.add(
      'sender.confusable',
      'high',
      0.75,
      `The sender's domain ${shown(unicodeHost(host))} (${shown(host)}) misleads: ${deceiving}.`,
    );
  }
  if (organizationDomains.some((domain) => registrable(domain) === registrable(host))) return;
  for (const domain of organizationDomains) {
    const likeness = resemblance(host, domain);
    if (likeness === 'confusable' || likeness === 'typo') {
      findings.add(
        'sender.lookalike',
        'high',
        0.8,
        `The sender's domain ${shown(host)} looks like your own, ${domain}.`,
      );
    } else if (likeness === 'contained') {
      findings.add(
        'sender.lookalike',
        'medium',
        0.45,
        `The sender's domain ${shown(host)} carries the name of your own, ${domain}.`,
      );
    } else if (likeness === 'otherEnding') {
      findings.add(
        'sender.otherEnding',
        'low',
        0.1,
        `The sender's domain ${shown(host)} differs from your own, ${domain}, in its ending alone.`,
      );
    }
  }
}

function findInName(
  author: Address,
  host: string,
  organizationDomains: readonly string[],
  findings: FindingList,
): void {
  const named = ADDRESS_IN_NAME.exec(author.name.slice(0, 300));
  const namedHost = named?.[1]?.toLowerCase();
  if (named !== null && namedHost !== undefined && registrable(namedHost) !== registrable(host)) {
    const own = organizationDomains.some((domain) => registrable(domain) === registrable(namedHost));
    findings.add(
      'sender.nameIsAddress',
      own ? 'high' : 'medium',
      own ? 0.7 : 0.5,
      `The sender's name shows ${shown(named[0])}, but the address is ${shown(author.address)}.`,
    );
  }
  const called = plainText(author.name);
  const brand = BRANDS.find(({ name }) => name.test(called));
  if (brand !== undefined && !brand.domains.includes(registrable(host))) {
    const severity = FREE_MAIL.has(registrable(host)) ? 'high' : 'medium';
    findings.add(
      'sender.brand',
      severity,
      severity === 'high' ? 0.65 : 0.45,
      `The sender calls itself ${brand.label}, but writes from ${shown(host)}.`,
    );
  }
}

function findReplyElsewhere(parsed: ParsedMessage, host: string, findings: FindingList): void {
  const reply = parsed.replyTo[0];
  if (reply === undefined || parsed.listId !== null) return;
  const replyHost = hostOfAddress(reply.address);
  if (registrable(replyHost) === registrable(host)) return;
  const free = FREE_MAIL.has(registrable(replyHost)) && !FREE_MAIL.has(registrable(host));
  findings.add(
    'sender.replyElsewhere',
    free ? 'medium' : 'low',
    free ? 0.35 : 0.1,
    `Answers go to ${shown(reply.address)}, not to the sender's domain ${shown(host)}.`,
  );
}
