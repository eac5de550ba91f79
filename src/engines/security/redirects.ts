/**
 * Where a link leads behind the redirectors that name their target, without asking any of them: known ones by their
 * own encoding, others by a parameter that holds an address.
 */

export interface Unfolded {
  /** The last target that can be read. */
  url: string;
  /** Hosts that were passed through, outermost first. */
  through: string[];
}

const MAX_DEPTH = 6;
const MAX_URL = 8_192;

/** @returns the link itself and no hosts where it names no further target */
export function unfold(link: string): Unfolded {
  const through: string[] = [];
  let url = link.slice(0, MAX_URL);
  while (through.length < MAX_DEPTH) {
    const parsed = parse(url);
    const next = parsed === null ? null : targetOf(parsed);
    if (parsed === null || next === null || next === url) break;
    through.push(parsed.hostname);
    url = next.slice(0, MAX_URL);
  }
  return { url, through };
}

function parse(text: string): URL | null {
  const url = URL.parse(text.replace(/[\t\r\n]/g, '').trim());
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : null;
}

interface Redirector {
  host: RegExp;
  /** The target as the redirector's own encoding gives it. */
  target: (url: URL) => string | null;
}

const parameter =
  (...names: readonly string[]) =>
  (url: URL): string | null =>
    names.map((name) => url.searchParams.get(name)).find((value) => value !== null) ?? null;

/** Redirectors and scanners that many mails pass through; each encodes its target in its own way. */
const REDIRECTORS: readonly Redirector[] = [
  { host: /(?:^|\.)google\.[a-z.]{2,6}$/, target: (url) => ampTarget(url) ?? parameter('q', 'url', 'adurl')(url) },
  { host: /(?:^|\.)(?:googleadservices\.com|doubleclick\.net)$/, target: parameter('adurl', 'ds_dest_url') },
  { host: /(?:^|\.)bing\.com$/, target: (url) => bingTarget(url) ?? parameter('url', 'r')(url) },
  { host: /(?:^|\.)(?:facebook|instagram)\.com$/, target: parameter('u', 'url') },
  { host: /(?:^|\.)youtube\.com$/, target: parameter('q') },
  { host: /(?:^|\.)linkedin\.com$/, target: parameter('url', 'dest') },
  { host: /(?:^|\.)duckduckgo\.com$/, target: parameter('uddg') },
  { host: /(?:^|\.)vk\.com$/, target: parameter('to') },
  { host: /(?:^|\.)safelinks\.protection\.outlook\.com$/, target: parameter('url') },
  { host: /(?:^|\.)urldefense(?:\.proofpoint)?\.com$/, target: proofpointTarget },
  { host: /(?:^|\.)linkprotect\.cudasvc\.com$/, target: parameter('a') },
  { host: /(?:^|\.)secure-web\.cisco\.com$/, target: lastOfPath },
  { host: /(?:^|\.)(?:slack-redir\.net|t\.umblr\.com|exit\.sc)$/, target: parameter('url', 'z') },
];

function targetOf(url: URL): string | null {
  for (const { host, target } of REDIRECTORS) {
    if (!host.test(url.hostname)) continue;
    const found = asTarget(target(url), url);
    if (found !== null) return found;
  }
  for (const value of url.searchParams.values()) {
    const found = asTarget(value, url);
    if (found !== null) return found;
  }
  return asTarget(lastOfPath(url), url) ?? asTarget(url.hash.slice(1), url);
}

/** A value that is an absolute address of another host, plain, encoded again, or in base64. */
function asTarget(value: string | null, from: URL): string | null {
  if (value === null || value.length < 8) return null;
  for (const candidate of [value, decodedOnce(value), fromBase64(value)]) {
    if (candidate === null || !/^(?:https?:)?\/\/[^/\s]/i.test(candidate)) continue;
    const target = parse(candidate.startsWith('//') ? `https:${candidate}` : candidate);
    if (target !== null && target.hostname.includes('.') && target.hostname !== from.hostname) return target.href;
  }
  return null;
}

function decodedOnce(value: string): string | null {
  try {
    return value.includes('%') ? decodeURIComponent(value) : null;
  } catch {
    // Not percent-encoded after all.
    return null;
  }
}

function fromBase64(value: string): string | null {
  const code = value.replace(/^a1(?=aHR0c)/, '');
  if (!/^aHR0c[\w+/=-]{8,4096}$/.test(code)) return null;
  return Buffer.from(code, 'base64').toString('utf8');
}

/** `google.com/amp/s/host/path`. */
function ampTarget(url: URL): string | null {
  const path = /^\/amp\/(?:s\/)?([^/]+\.[^/]+\/?.*)$/.exec(url.pathname)?.[1];
  return path === undefined ? null : `https://${path}`;
}

/** `bing.com/ck/a?...&u=a1<base64url>`. */
function bingTarget(url: URL): string | null {
  const code = url.searchParams.get('u');
  return code === null ? null : fromBase64(code);
}

/** An address written out at the end of a path: `/x/https%3A%2F%2Fhost%2F` or `/x/https://host/`. */
function lastOfPath(url: URL): string | null {
  const start = /https?(?::|%3a)(?:\/{1,2}|%2f%2f)[^]*$/i.exec(url.pathname)?.[0];
  return start === undefined ? null : (decodedOnce(start) ?? start).replace(/^(https?:)\/+/i, '$1//') + url.search;
}

/** URL Defense v2 (`-3A` for `%3A`, `_` for `/`) and v3 (`__address__;base64!!`, a `*` for each character in it). */
function proofpointTarget(url: URL): string | null {
  const v2 = url.searchParams.get('u');
  if (v2 !== null && url.pathname.startsWith('/v2')) {
    return decodedOnce(v2.replace(/-/g, '%').replace(/_/g, '/')) ?? null;
  }
  const v3 = /^\/v3\/__(.{1,4096}?)__;([\w-]{0,512}={0,2})!/.exec(url.pathname + url.search);
  if (v3 === null) return null;
  const replaced = Array.from(Buffer.from(v3[2] ?? '', 'base64url').toString('utf8'));
  return (v3[1] ?? '')
    .replace(/^(https?:)\/(?!\/)/, '$1//')
    .replace(/\*\*[A-Z]|\*/g, (mark) => (mark === '*' ? (replaced.shift() ?? mark) : mark));
}
