import type { Link } from '../../domain/parsed-message.js';
import type { HtmlLink } from './html-content.js';

const BARE = /\b(?:https?:\/\/|ftp:\/\/|www\.)[^\s<>"'\p{Cc}]{2,2048}/giu;

/** The host that a target leads to, as a browser reads it: ASCII form, lower case; null where there is none. */
export function hostOf(url: string): string | null {
  // Browsers drop tabs and line breaks inside a target and read \ as /.
  const clean = url.replace(/[\t\r\n]/g, '').trim();
  const target = /^www\./i.test(clean) ? `http://${clean}` : clean.startsWith('//') ? `http:${clean}` : clean;
  if (!/^(?:https?|ftp):/i.test(target)) return null;
  const host = URL.parse(target)?.hostname;
  return host === undefined || host === '' ? null : host.replace(/\.$/, '');
}

/** Targets written out in plain text. */
export function bareLinks(text: string, limit: number): Link[] {
  const links: Link[] = [];
  for (const [match] of text.matchAll(BARE)) {
    const url = withoutTrailingPunctuation(match);
    const host = hostOf(url);
    if (host === null || !host.includes('.')) continue;
    links.push({ url, text: url, host });
    if (links.length > limit) break;
  }
  return links;
}

function withoutTrailingPunctuation(url: string): string {
  const closed = url.replace(/[.,;:!?*_~|\]}]{1,20}$/, '');
  return closed.endsWith(')') && !closed.includes('(') ? closed.slice(0, -1) : closed;
}

export function anchorLinks(anchors: readonly HtmlLink[]): Link[] {
  return anchors.map(({ url, text }) => ({ url, text, host: hostOf(url) }));
}

/** Each target with each of its texts once; a bare link that an anchor names already is left out. */
export function distinctLinks(links: readonly Link[]): Link[] {
  const seen = new Set<string>();
  const targets = new Set<string>();
  return links.filter((link) => {
    const key = `${link.url}\n${link.text}`;
    if (seen.has(key) || (link.url === link.text && targets.has(link.url))) return false;
    seen.add(key);
    targets.add(link.url);
    return true;
  });
}
