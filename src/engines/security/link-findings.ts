import { getDomain } from 'tldts';
import type { Link } from '../../domain/parsed-message.js';
import { BRANDS } from './brands.js';
import { resemblance } from './confusables.js';
import { deceivingLabel, unicodeHost } from './idn-policy.js';
import { SHORTENERS } from './hosting.js';
import { unfold } from './redirects.js';
import { type FindingList, shown } from './finding-list.js';

export interface LinkContext {
  organizationDomains: readonly string[];
  /** Domains that are known to have sent the mail: their click counters may stand between a text and its target. */
  authenticatedDomains: readonly string[];
  /** Registrable domain of the author: links to it in another's name are mostly click counters. */
  authorDomain: string | null;
  bulk: boolean;
}

const IP_ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const SHOWN_HOST =
  /^(?:https?:\/\/)?(?:[^\s/@]{1,100}@)?((?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.){1,6}[\p{L}]{2,24})(?::\d{1,5})?(?:[/?#]\S{0,500})?$/iu;

export function findInLinks(links: readonly Link[], context: LinkContext, findings: FindingList): void {
  for (const link of links) {
    findInTarget(link, findings);
    if (link.host === null) continue;
    findDisguisedAddress(link.url, link.host, findings);
    const { url, through } = unfold(link.url);
    const target = through.length === 0 ? link.host : (URL.parse(url)?.hostname ?? link.host);
    findRedirect(through, target, context, findings);
    for (const host of new Set([link.host, target])) findInHost(host, context, findings);
    findMismatch(link, target, context, findings);
  }
}

/** An address written as one number, in octal or hexadecimal: browsers read it, people do not. */
function findDisguisedAddress(url: string, host: string, findings: FindingList): void {
  if (!IP_ADDRESS.test(host)) return;
  const written = /^https?:[\\/]{1,4}(?:[^\\/?#@]{0,500}@)?([^\\/?#:]{1,300})/i.exec(url.trim())?.[1];
  if (written === undefined || written.replace(/\.$/, '') === host) return;
  findings.add(
    'link.ipDisguised',
    'high',
    0.65,
    `A link writes the address ${shown(host)} so that nobody sees it (${shown(written)}).`,
  );
}

/** Redirectors of others hide where a link leads; those of the sender count clicks. */
function findRedirect(through: readonly string[], target: string, context: LinkContext, findings: FindingList): void {
  const foreign = through.filter((host) => getDomain(host) !== context.authorDomain);
  if (foreign.every((host) => getDomain(host) === getDomain(target))) return;
  const several = foreign.length > 1;
  findings.add(
    'link.redirect',
    several ? 'medium' : 'low',
    several ? 0.35 : 0.1,
    `A link to ${shown(foreign[0] ?? '')} leads on to ${shown(target)}${several ? `, by ${foreign.length} redirectors` : ''}.`,
  );
}

function findInTarget(link: Link, findings: FindingList): void {
  const scheme = /^\s*([a-z][a-z0-9+.-]{1,20}):/i.exec(link.url.replace(/[\t\r\n]/g, ''))?.[1]?.toLowerCase();
  if (scheme === 'javascript' || scheme === 'vbscript') {
    findings.add(
      'link.script',
      'high',
      0.7,
      `A link runs a script instead of leading to a page (${shown(link.url.slice(0, 60))}).`,
    );
  } else if (scheme === 'data') {
    findings.add('link.data', 'high', 0.7, 'A link opens a page that it carries itself (data:).');
  } else if (scheme === 'file' || link.url.startsWith('\\\\')) {
    findings.add('link.file', 'high', 0.6, `A link opens a file of a network share: ${shown(link.url)}.`);
  } else if (scheme === 'http' || scheme === 'https') {
    if (/^https?:[\\/]{2}[^\\/?#\s]{1,500}@/i.test(link.url)) {
      findings.add('link.credentials', 'medium', 0.5, `A link hides its host behind a user name: ${shown(link.url)}.`);
    }
  }
}

function findInHost(host: string, context: LinkContext, findings: FindingList): void {
  if (IP_ADDRESS.test(host) || host.startsWith('[')) {
    findings.add('link.ipAddress', 'medium', 0.45, `A link leads to the bare address ${shown(host)}.`);
    return;
  }
  const deceiving = deceivingLabel(host);
  if (deceiving !== null) {
    findings.add(
      'link.confusable',
      'high',
      0.75,
      `A link leads to ${shown(unicodeHost(host))} (${shown(host)}): ${deceiving}.`,
    );
  } else if (host.includes('xn--')) {
    findings.add(
      'link.punycode',
      'info',
      0.05,
      `A link leads to an internationalised host, ${shown(unicodeHost(host))} (${shown(host)}).`,
    );
  }
  if (SHORTENERS.has(getDomain(host) ?? host)) {
    findings.add(
      'link.shortener',
      'low',
      0.15,
      `A link is shortened by ${shown(host)}: where it leads cannot be seen.`,
    );
  }
  for (const domain of context.organizationDomains) {
    const likeness = resemblance(host, domain);
    if (likeness === 'confusable' || likeness === 'typo') {
      findings.add('link.lookalike', 'high', 0.7, `A link leads to ${shown(host)}, which looks like ${domain}.`);
    }
  }
}

/** The host that a link's text names, where the text is nothing but an address; null otherwise. */
export function hostShown(text: string): string | null {
  if (text.length > 600) return null;
  const host = SHOWN_HOST.exec(text.trim())?.[1]?.toLowerCase();
  // "Q3.report" and "readme.md" are no hosts though they look like it: only known endings count.
  return host !== undefined &&
    getDomain(host, { allowIcannDomains: true, allowPrivateDomains: false }) !== null &&
    knownEnding(host)
    ? host
    : null;
}

const FILE_ENDINGS = /\.(?:md|zip|py|sh|pl|rs|mov|app|ps|ai|cc|java|txt|pdf|docx?|xlsx?)$/;

function knownEnding(host: string): boolean {
  return !FILE_ENDINGS.test(host) || host.startsWith('www.');
}

function findMismatch(link: Link, host: string, context: LinkContext, findings: FindingList): void {
  const named = hostShown(link.text);
  if (named === null) return;
  const namedDomain = getDomain(named) ?? named;
  const target = getDomain(host) ?? host;
  if (namedDomain === target) return;
  const sentence = `A link shows ${shown(named)} but leads to ${shown(host)}.`;
  if (isCounted(namedDomain, target, context))
    findings.add('link.counted', 'info', 0.05, `${sentence} The mail is authenticated for one of the two.`);
  else if (context.bulk || target === context.authorDomain) findings.add('link.mismatch', 'medium', 0.35, sentence);
  else findings.add('link.mismatch', 'high', 0.65, sentence);
}

const BORROWED: ReadonlySet<string> = new Set(BRANDS.flatMap(({ domains }) => domains));

/**
 * Whether whoever sent the mail may have put a click counter before the page that the text names. To be authenticated as
 * oneself is no leave to show a brand, or the organization itself, and to lead to one's own page.
 */
function isCounted(named: string, target: string, context: LinkContext): boolean {
  if (context.authenticatedDomains.includes(named)) return true;
  const borrowed = BORROWED.has(named) || context.organizationDomains.some((own) => (getDomain(own) ?? own) === named);
  return !borrowed && context.authenticatedDomains.includes(target);
}
