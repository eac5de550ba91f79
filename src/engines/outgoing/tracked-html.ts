import { Parser } from 'htmlparser2';

export interface HtmlTracking {
  /** The address in the place of a link's; null: it stays. */
  linkFor: ((url: string) => string | null) | null;
  /** The address of the picture that tells of an opening; null: none. */
  pixel: string | null;
}

interface Change {
  start: number;
  end: number;
  text: string;
}

/** Beyond that a mail has other troubles; what follows keeps its links. */
const MOST_LINKS = 2_000;

/**
 * Puts tracked addresses into the links of an HTML text and a picture at its end. All else stays as it stands, byte for
 * byte: nothing is serialised anew.
 */
export function trackedHtml(html: string, { linkFor, pixel }: HtmlTracking): string {
  const changes: Change[] = [];
  let bodyEnd: number | null = null;
  let links = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (linkFor === null || links >= MOST_LINKS || (name !== 'a' && name !== 'area')) return;
        const url = attributes['href'];
        if (url === undefined || !/^https?:\/\//i.test(url.trim())) return;
        const place = hrefIn(html, parser.startIndex, parser.endIndex + 1);
        const target = place === null ? null : linkFor(url.trim());
        if (place === null || target === null) return;
        links += 1;
        changes.push({ ...place, text: `"${escaped(target)}"` });
      },
      onclosetag(name, implied) {
        if (name === 'body' && !implied) bodyEnd = parser.startIndex;
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.end(html);
  if (pixel !== null) {
    const at = bodyEnd ?? html.length;
    changes.push({
      start: at,
      end: at,
      text: `<img src="${escaped(pixel)}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">`,
    });
  }
  return applied(html, changes);
}

/** Where the value of `href` stands in a tag, its quotes included: found by reading the tag's attributes in order. */
function hrefIn(html: string, start: number, end: number): { start: number; end: number } | null {
  const tag = html.slice(start, end);
  const attribute = /([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/gy;
  attribute.lastIndex = /^<[^\s/>]+/.exec(tag)?.[0].length ?? tag.length;
  while (attribute.lastIndex < tag.length) {
    const from = attribute.lastIndex;
    const found = attribute.exec(tag);
    if (found === null) {
      attribute.lastIndex = from + 1;
      continue;
    }
    const [whole, name = '', value] = found;
    if (name.toLowerCase() !== 'href') continue;
    if (value === undefined) return null;
    const at = start + found.index + whole.length - value.length;
    return { start: at, end: at + value.length };
  }
  return null;
}

function applied(html: string, changes: readonly Change[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, text } of changes.toSorted((one, other) => one.start - other.start)) {
    if (start < at) continue;
    out += html.slice(at, start) + text;
    at = end;
  }
  return out + html.slice(at);
}

const escaped = (url: string) => url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
