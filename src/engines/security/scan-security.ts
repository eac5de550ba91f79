import { getDomain } from 'tldts';
import { type Finding, worstOf } from '../../domain/findings.js';
import type { Authentication, SecurityScanOutcome } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { findInAttachments, findInDefects } from './attachment-findings.js';
import { answeredShare, authenticatedDomains, findInAuthentication } from './authentication-findings.js';
import { findInContent } from './content-findings.js';
import { FindingList } from './finding-list.js';
import { findInHtml } from './html-findings.js';
import { findInLinks } from './link-findings.js';
import { findFraud } from './fraud-findings.js';
import { registrable } from './hosting.js';
import { findInKnownSenders, isKnown } from './known-sender-findings.js';
import { type KnownSenders, NOBODY_KNOWN } from './known-senders.js';
import { assessPhishing, type AuthorStanding } from './phishing/phishing.js';
import { findPhishing } from './phishing/phishing-findings.js';
import { findInSender, hostOfAddress } from './sender-findings.js';

export interface SecurityScan {
  outcome: SecurityScanOutcome;
  findings: Finding[];
  confidence: number;
}

/** Looks at a parsed message for what harms its reader. Pure: no network, no clock. */
export function scanSecurity(
  parsed: ParsedMessage,
  authentication: Authentication,
  organizationDomains: readonly string[],
  known: KnownSenders = NOBODY_KNOWN,
): SecurityScan {
  const findings = new FindingList();
  const sender = senderStanding(parsed, authentication, organizationDomains, known);
  findInAuthentication(authentication, findings);
  findInSender(parsed, organizationDomains, findings);
  if (known !== NOBODY_KNOWN) findInKnownSenders(parsed, known, organizationDomains, findings);
  findInAttachments(parsed.attachments, parsed.text, findings);
  findInDefects(parsed.defects, findings);
  findInLinks(
    parsed.links,
    {
      organizationDomains,
      authenticatedDomains: authenticatedDomains(authentication).map((domain) => getDomain(domain) ?? domain),
      authorDomain: parsed.from[0] === undefined ? null : getDomain(hostOfAddress(parsed.from[0].address)),
      bulk: parsed.listId !== null || parsed.headers.some(({ name }) => name.toLowerCase() === 'list-unsubscribe'),
    },
    findings,
  );
  findInHtml(parsed.html, findings);
  findInContent(parsed, findings);
  findFraud(parsed, sender, findings);
  const phishing = assessPhishing(parsed, findings.toArray(), sender);
  findPhishing(phishing, findings);
  const found = findings.toArray();
  return {
    outcome: {
      authentication,
      threatLevel: worstOf(found),
      checkedAttachments: parsed.attachments.length,
      checkedLinks: parsed.links.length,
      phishing,
    },
    findings: found,
    confidence: confidenceOf(parsed, authentication),
  };
}

/** What is known of the author beside what the message says. */
function senderStanding(
  parsed: ParsedMessage,
  authentication: Authentication,
  organizationDomains: readonly string[],
  known: KnownSenders,
): AuthorStanding {
  const domain = registrable(hostOfAddress(parsed.from[0]?.address ?? ''));
  // Anybody can write the address of somebody who is known.
  const proven = authenticatedDomains(authentication).some((authenticated) => registrable(authenticated) === domain);
  return {
    authenticated: authentication.dmarc.result === 'pass',
    known: proven && isKnown(parsed, known),
    own: organizationDomains.some((own) => registrable(own) === domain),
  };
}

/** Defects that mean: something of the mail was not looked at. */
const BLIND =
  /^(?:mime\.(?:depth|parts|size|encoding|boundary|ambiguous)|text\.(?:size|links)|html\.depth|header\.size|archive\.unreadable|tnef\.(?:depth|parts|properties|signature|truncated|rtf|rtf\.size))$/;

/** Falls with every check that had no answer and every part that could not be looked into. */
function confidenceOf(parsed: ParsedMessage, authentication: Authentication): number {
  const unanswered = 1 - answeredShare(authentication);
  const closed = parsed.attachments.filter(
    ({ encrypted, entries, sniffedType }) => encrypted || (entries === null && isPacked(sniffedType)),
  );
  const closedShare = parsed.attachments.length === 0 ? 0 : closed.length / parsed.attachments.length;
  const blind = new Set(parsed.defects.map(({ code }) => code).filter((code) => BLIND.test(code))).size;
  const confidence = (1 - 0.25 * unanswered) * (1 - 0.3 * closedShare) * (1 - Math.min(0.5, 0.15 * blind));
  return Math.round(confidence * 1_000) / 1_000;
}

function isPacked(sniffed: string | null): boolean {
  return sniffed !== null && /zip|rar|7z|compressed|bzip|x-xz/.test(sniffed);
}
