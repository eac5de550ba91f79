import { Parser } from 'htmlparser2';
import { HiddenStyle, type StyleState } from './hidden-style.js';

export interface HtmlLink {
  url: string;
  text: string;
}

export interface HtmlContent {
  text: string;
  hiddenText: string;
  links: HtmlLink[];
  /** Of the parts that it shows in place (`cid:`, RFC 2392), without angle brackets. */
  contentIds: string[];
  /** Text of the scripts, cut at 64 KB; empty where there are none. */
  script: string;
  /** Set where a form asks for input. */
  form: boolean;
  /** Set where elements were nested so deep that the rest was not read. */
  cut: boolean;
  /** Set where a link's target or text was longer than is kept. */
  cutLinks: boolean;
}

const BLOCKS = new Set(
  'address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul title'.split(
    ' ',
  ),
);
const PARAGRAPHS = new Set('p h1 h2 h3 h4 h5 h6 blockquote ul ol table'.split(' '));
const SILENT = new Set('style title template noframes textarea select object head'.split(' '));
const MAX_LINK_TEXT = 500;
const MAX_URL = 4_096;
const MAX_SCRIPT = 64 * 1024;

/** Attributes that show a part of the mail in place. */
const SHOWN = ['src', 'background', 'style', 'srcset', 'poster', 'data'];
const CONTENT_ID = /\bcid:([^\s"'()<>,;]{1,998})/gi;
const MAX_CONTENT_IDS = 1_000;

/** The parser's cost for an element grows with its depth: 50,000 nested ones took 1.3 s. */
const MAX_NESTING = 1_000;
const SLICE = 16 * 1024;

/** Reads an HTML body in one pass, without building a tree. */
export function readHtml(html: string, maxLinks: number): HtmlContent {
  const reader = new HtmlReader(maxLinks);
  const parser = new Parser(reader, { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true });
  let pos = 0;
  for (; pos < html.length && reader.nesting <= MAX_NESTING; pos += SLICE) parser.write(html.slice(pos, pos + SLICE));
  parser.end();
  return { ...reader.content(), cut: pos < html.length };
}

class HtmlReader {
  readonly #maxLinks: number;
  readonly #styles: StyleState[] = [];
  readonly #links: HtmlLink[] = [];
  #text = '';
  #hidden = '';
  #pendingBreaks = 0;
  #pendingSpace = false;
  #silent = 0;
  #preformatted = 0;
  #quotes = 0;
  #inScript = false;
  #script = '';
  #form = false;
  #cutLinks = false;
  readonly #contentIds = new Set<string>();
  #anchor: { url: string; text: string } | null = null;

  constructor(maxLinks: number) {
    this.#maxLinks = maxLinks;
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    const outer = this.#styles.at(-1);
    if (outer?.hidden !== true) this.#hidden += ' ';
    const style = HiddenStyle.enter(outer, name, attributes);
    this.#styles.push(style);
    this.#collectContentIds(attributes);
    if (name === 'script') this.#inScript = true;
    else if (SILENT.has(name)) this.#silent += 1;
    else if (name === 'br') this.#breakLine(this.#pendingBreaks + 1);
    else if (name === 'pre') this.#preformatted += 1;
    else if (name === 'a' || name === 'area') this.#openAnchor(attributes['href']);
    else if (name === 'form') this.#openForm(attributes['action']);
    else if (name === 'img') this.#alternative(attributes['alt'], style.hidden);
    else if (name === 'td' || name === 'th') this.#pendingSpace = true;
    if (BLOCKS.has(name)) this.#breakLine(PARAGRAPHS.has(name) ? 2 : 1);
    if (name === 'blockquote') this.#quotes += 1;
    if (name === 'li') this.#append('- ');
  }

  onclosetag(name: string): void {
    this.#styles.pop();
    if (name === 'script') this.#inScript = false;
    else if (SILENT.has(name)) this.#silent = Math.max(0, this.#silent - 1);
    else if (name === 'pre') this.#preformatted = Math.max(0, this.#preformatted - 1);
    else if (name === 'a') this.#closeAnchor();
    if (BLOCKS.has(name)) this.#breakLine(PARAGRAPHS.has(name) ? 2 : 1);
    if (name === 'blockquote') this.#quotes = Math.max(0, this.#quotes - 1);
  }

  ontext(data: string): void {
    if (this.#inScript) {
      if (this.#script.length < MAX_SCRIPT) this.#script += data;
      return;
    }
    if (this.#silent > 0) return;
    if (this.#styles.at(-1)?.hidden === true) {
      this.#hidden += data;
      return;
    }
    if (this.#anchor !== null && this.#anchor.text.length < MAX_LINK_TEXT) this.#anchor.text += data;
    if (this.#preformatted > 0) {
      const lines = data.split(/\r?\n/);
      lines.forEach((line, index) => {
        if (index > 0) this.#breakLine(this.#pendingBreaks + 1);
        if (line !== '') this.#append(line);
      });
      return;
    }
    const words = data.replace(/[ \t\r\n\f]+/g, ' ');
    if (words.startsWith(' ')) this.#pendingSpace = true;
    // Not trim(): a no-break space is a space that the writer wants.
    const trimmed = words.replace(/^ | $/g, '');
    if (trimmed === '') return;
    this.#append(trimmed);
    this.#pendingSpace = words.endsWith(' ');
  }

  get nesting(): number {
    return this.#styles.length;
  }

  content(): Omit<HtmlContent, 'cut'> {
    this.#closeAnchor();
    return {
      text: this.#text.replaceAll('\u00a0', ' ').trim(),
      hiddenText: this.#hidden.replace(/\s+/g, ' ').trim(),
      links: this.#links,
      contentIds: [...this.#contentIds],
      script: this.#script,
      form: this.#form,
      cutLinks: this.#cutLinks,
    };
  }

  #append(piece: string): void {
    if (this.#pendingBreaks > 0 && this.#text !== '') {
      const quote = this.#quotes > 0 ? '> '.repeat(Math.min(this.#quotes, 5)) : '';
      this.#text += '\n'.repeat(Math.min(this.#pendingBreaks, 2)) + quote;
    } else if (this.#pendingSpace && this.#text !== '' && !this.#text.endsWith(' ')) {
      this.#text += ' ';
    }
    this.#pendingBreaks = 0;
    this.#pendingSpace = false;
    this.#text += piece;
  }

  #breakLine(count: number): void {
    this.#pendingBreaks = Math.max(this.#pendingBreaks, count);
  }

  #openAnchor(href: string | undefined): void {
    this.#closeAnchor();
    if (href !== undefined && href.trim() !== '') this.#anchor = { url: href.trim(), text: '' };
  }

  #closeAnchor(): void {
    if (this.#anchor === null) return;
    this.#addLink(this.#anchor.url, this.#anchor.text.replace(/\s+/g, ' ').trim().slice(0, MAX_LINK_TEXT));
    this.#anchor = null;
  }

  #openForm(action: string | undefined): void {
    this.#form = true;
    if (action !== undefined && action.trim() !== '') this.#addLink(action.trim(), '');
  }

  #alternative(alt: string | undefined, hidden: boolean): void {
    if (alt === undefined || hidden) return;
    if (this.#anchor !== null && this.#anchor.text.length < MAX_LINK_TEXT) this.#anchor.text += ` ${alt}`;
  }

  #collectContentIds(attributes: Record<string, string>): void {
    for (const name of SHOWN) {
      const value = attributes[name];
      if (value === undefined || this.#contentIds.size >= MAX_CONTENT_IDS) continue;
      for (const [, id = ''] of value.slice(0, MAX_URL).matchAll(CONTENT_ID)) this.#contentIds.add(unescapeUrl(id));
    }
  }

  #addLink(url: string, text: string): void {
    if (this.#links.length > this.#maxLinks || url.startsWith('#')) return;
    this.#cutLinks ||= url.length > MAX_URL;
    this.#links.push({ url: url.slice(0, MAX_URL), text });
  }
}

function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded after all: it stands for itself.
    return text;
  }
}
