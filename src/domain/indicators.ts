import { isLine, type Problem } from './problem.js';

export const INDICATOR_KINDS = ['url', 'domain', 'ip', 'address', 'hash'] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** What spelling needs to know and no pure function can: the public suffix list, and the notations of IP addresses. */
export interface HostNames {
  /** `domain`: what somebody registered, null for a public suffix; private suffixes (`github.io`) count as public. */
  parseHost: (name: string) => { hostname: string | null; domain: string | null; isIp: boolean | null };
  /** RFC 5952; an IPv4 address that is mapped into IPv6 as IPv4; null for what is no address. */
  canonicalIp: (written: string) => string | null;
}

const LONGEST_URL = 2_000;
/** Parameters that name the reader or the campaign, not the page. */
const TRACKING = /^(?:utm_[a-z]+|gclid|fbclid|msclkid|dclid|yclid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|igshid|ref_src)$/i;
/** Analysts write addresses so that nobody opens them by accident. */
const DEFANGED_SCHEME = /^h(?:xx|\*\*)p(s?):/i;
const BEYOND_ASCII = /[^\u0000-\u007f]/;
const ADDRESS = /^[^\s<>]+@[^\s<>@]+$/;
const SHA256 = /^[\da-f]{64}$/i;

/**
 * A web address as one spelling: lower-case host in ASCII, no credentials, fragment, default port or tracking, no
 * slash at the end. Null for what is no web address.
 */
export function normalisedUrl(written: string): string | null {
  if (written.length > LONGEST_URL) return null;
  const url = URL.parse(written.trim().replace(DEFANGED_SCHEME, 'http$1:').replaceAll('[.]', '.'));
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  url.hash = '';
  url.username = '';
  url.password = '';
  const parameters = Array.from(url.searchParams.keys());
  for (const name of parameters) if (TRACKING.test(name)) url.searchParams.delete(name);
  url.hostname = url.hostname.replace(/\.$/, '');
  return url.href.replace(/\/$/, '');
}

export type IndicatorSpelling = ReturnType<typeof indicatorSpelling>;

/** How indicators are spelled: whoever lists one and whoever looks one up must write it alike. */
export function indicatorSpelling({ parseHost, canonicalIp }: HostNames) {
  /** A host in ASCII and its parents down to the domain that somebody registered; none for a public suffix or an IP. */
  function domainsOf(host: string): string[] {
    const { domain, isIp, hostname } = parseHost(inAscii(host.toLowerCase().replace(/\.$/, '').replaceAll('[.]', '.')));
    if (isIp === true || domain === null || hostname === null) return [];
    const labels = hostname.split('.');
    const registrable = domain.split('.').length;
    return labels.slice(0, labels.length - registrable + 1).map((_label, at) => labels.slice(at).join('.'));
  }

  /** One spelling of an address of a machine; null for what is none. */
  const normalisedIp = (written: string) => canonicalIp(written.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1'));

  /** An indicator's value as it is stored and looked up; null for one that is not of its kind. */
  function normalisedIndicator(kind: IndicatorKind, value: string): string | null {
    const written = value.trim().replaceAll('[.]', '.');
    switch (kind) {
      case 'url':
        return normalisedUrl(written);
      case 'domain':
        return domainsOf(written)[0] ?? null;
      case 'ip':
        return normalisedIp(written);
      case 'address':
        return ADDRESS.test(written) ? written.toLowerCase() : null;
      case 'hash':
        return SHA256.test(written) ? written.toLowerCase() : null;
    }
  }

  return { domainsOf, normalisedIp, normalisedIndicator };
}

/** A-labels (RFC 5891), as links have them; as it was where it cannot be a host. */
function inAscii(host: string): string {
  return BEYOND_ASCII.test(host) ? (URL.parse(`http://${host}`)?.hostname ?? host) : host;
}

export interface IndicatorDraft {
  kind: IndicatorKind;
  value: string;
  source: string;
  confidence: number;
  /** ISO 8601. */
  expiresAt?: string | null | undefined;
}

const LONGEST_SOURCE = 200;
const MUST_BE: Readonly<Record<IndicatorKind, string>> = {
  url: 'a web address, for example https://evil.example/login',
  domain: 'a domain that somebody registered, for example evil.example, and no public suffix',
  ip: 'an address of a machine, for example 192.0.2.1 or 2001:db8::1',
  address: 'a mail address, for example mallory@evil.example',
  hash: 'a SHA-256 in 64 hexadecimal digits',
};

/** The drafts in the spelling of the look-up; `problems` names every entry that is wrong, and then none may be stored. */
export function readIndicators(
  drafts: readonly IndicatorDraft[],
  spelling: IndicatorSpelling,
  now: Date,
): { indicators: (IndicatorDraft & { expiresAt: string | null })[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const indicators = drafts.map((draft, index) => {
    const { kind, source, confidence, expiresAt = null } = draft;
    const entry = `input[${index}]`;
    const value = isLine(draft.value, LONGEST_URL) ? spelling.normalisedIndicator(kind, draft.value) : null;
    if (value === null) problems.push({ field: `${entry}.value`, problem: `must be ${MUST_BE[kind]}` });
    if (!isLine(source, LONGEST_SOURCE)) {
      problems.push({ field: `${entry}.source`, problem: `must be one line of 1 to ${LONGEST_SOURCE} characters` });
    }
    if (!(confidence >= 0 && confidence <= 1)) {
      problems.push({ field: `${entry}.confidence`, problem: `is ${confidence}: must lie between 0 and 1` });
    }
    if (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()) {
      problems.push({ field: `${entry}.expiresAt`, problem: 'must lie in the future' });
    }
    return { kind, value: value ?? '', source: source.trim(), confidence, expiresAt };
  });
  return { indicators, problems };
}
