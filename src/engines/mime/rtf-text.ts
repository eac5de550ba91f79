import { decodeText } from './charset.js';
import { codePageCharset } from './code-page.js';
import { scanRtf, type RtfReceiver } from './rtf-scanner.js';
import { CHARACTERS, FONT_CODE_PAGES, SILENT } from './rtf-words.js';

export interface RtfText {
  /** `html` and `text` where the document says that it was made of such a body (MS-OXRTFEX). */
  kind: 'html' | 'text' | 'rtf';
  text: string;
  /** Set where it carries embedded objects or pictures, which text cannot show. */
  objects: boolean;
  /** Set where the text was longer than is kept. */
  cut: boolean;
  /** Set where groups were nested so deep that their formatting was not told apart. */
  deep: boolean;
}

interface Group {
  skipped: boolean;
  /** Inside `\htmlrtf`: formatting for readers that do not know HTML. */
  suppressed: boolean;
  destination: 'fonts' | 'field' | 'instruction' | null;
  charset: string;
  /** Characters that follow a `\u` for readers without Unicode. */
  fallback: number;
}

const MAX_GROUPS = 1_000;
const MAX_FONTS = 5_000;
const MAX_RUN = 16 * 1024;
const MAX_INSTRUCTION = 4_096;
const MAX_TARGETS = 1_000;
const HYPERLINK = /HYPERLINK\s+(?:\\\w+\s+)*"([^"]{1,2048})"/i;

/**
 * The text of an RTF document, or the HTML or plain text that it was made of (MS-OXRTFEX), at most `limit` characters.
 * One pass over the bytes; whatever is malformed is read as far as it makes sense.
 */
export function readRtf(rtf: Buffer, limit: number): RtfText {
  const reader = new RtfReader(limit);
  scanRtf(rtf, reader, () => reader.full);
  return reader.result();
}

class RtfReader implements RtfReceiver {
  readonly #limit: number;
  readonly #groups: Group[] = [];
  readonly #fonts = new Map<number, string>();
  readonly #pieces: string[] = [];
  #group: Group;
  /** Groups beyond the limit that are open. */
  #deeper = 0;
  #kind: RtfText['kind'] = 'rtf';
  #objects = false;
  #deep = false;
  #length = 0;
  #run: number[] = [];
  /** Characters that are still to be left out behind a `\u`. */
  #skip = 0;
  #ignorable = false;
  #codePage = 'windows-1252';
  #defaultFont: number | null = null;
  #definedFont: number | null = null;
  #instruction = '';
  readonly #targets: string[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.#group = {
      skipped: false,
      suppressed: false,
      destination: null,
      charset: this.#codePage,
      fallback: 1,
    };
  }

  get full(): boolean {
    return this.#length > this.#limit;
  }

  result(): RtfText {
    this.#flush();
    const text = this.#pieces.join('');
    return {
      kind: this.#kind,
      text: text.slice(0, this.#limit),
      objects: this.#objects,
      cut: text.length > this.#limit,
      deep: this.#deep,
    };
  }

  open(): void {
    this.#flush();
    this.#skip = 0;
    this.#ignorable = false;
    if (this.#groups.length >= MAX_GROUPS) {
      this.#deep = true;
      this.#deeper += 1;
      return;
    }
    this.#groups.push(this.#group);
    this.#group = { ...this.#group };
  }

  close(): void {
    this.#flush();
    this.#skip = 0;
    this.#ignorable = false;
    if (this.#deeper > 0) {
      this.#deeper -= 1;
      return;
    }
    const outer = this.#groups.pop();
    if (outer === undefined) return;
    const left = this.#group.destination === outer.destination ? null : this.#group.destination;
    this.#group = outer;
    if (left === 'instruction') this.#endInstruction();
    else if (left === 'field') this.#showTargets();
    else if (left === 'fonts') outer.charset = this.#fontCharset(this.#defaultFont);
  }

  byte(value: number): void {
    this.#ignorable = false;
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    if (this.#group.destination === 'instruction') this.#show(String.fromCharCode(value));
    if (!this.#shows()) return;
    this.#run.push(value);
    if (this.#run.length >= MAX_RUN) this.#flush();
  }

  control(word: string, parameter: number | null): void {
    const ignorable = this.#ignorable;
    this.#ignorable = false;
    const character = CHARACTERS[word];
    if (this.#skip > 0) {
      this.#skip -= 1;
      // A symbol stands for the one character that follows a \u; a word is a word.
      if (character !== undefined && word.length === 1) return;
      this.#skip = 0;
    }
    this.#flush();
    // Wherever it stands: what hides an object from one reader shows it to another.
    this.#objects ||= word === 'objdata' || word === 'pict';
    if (word === '*') this.#ignorable = true;
    else if (this.#group.skipped) return;
    else if (character !== undefined) this.#show(character);
    else if (ignorable) this.#enterIgnorable(word);
    else if (word === 'u') this.#unicode(parameter ?? 0);
    else if (word === 'htmlrtf') this.#group.suppressed = parameter !== 0;
    else this.#enter(word, parameter);
  }

  #unicode(code: number): void {
    const unit = code < 0 ? code + 0x10000 : code;
    if (unit >= 0 && unit <= 0xffff) this.#show(String.fromCharCode(unit));
    this.#skip = this.#group.fallback;
  }

  #enterIgnorable(word: string): void {
    if (word === 'fldinst') this.#enterInstruction();
    // An HTML fragment is text like what stands between them; a picture is found by the \pict inside.
    else if (word !== 'htmltag' && word !== 'shppict') this.#group.skipped = true;
  }

  #enter(word: string, parameter: number | null): void {
    if (SILENT.has(word)) {
      this.#group.skipped = true;
      return;
    }
    switch (word) {
      case 'fromhtml':
        if (parameter !== 0) this.#kind = 'html';
        return;
      case 'fromtext':
        this.#kind = 'text';
        return;
      case 'field':
        this.#group.destination = 'field';
        return;
      case 'fldinst':
        this.#enterInstruction();
        return;
      case 'uc':
        this.#group.fallback = Math.max(0, Math.min(parameter ?? 1, 100));
        return;
      case 'plain':
        this.#group.charset = this.#fontCharset(this.#defaultFont);
        return;
      default:
        this.#readFont(word, parameter);
    }
  }

  #enterInstruction(): void {
    this.#group.destination = 'instruction';
    this.#instruction = '';
  }

  #readFont(word: string, parameter: number | null): void {
    switch (word) {
      case 'ansicpg':
        this.#codePage = codePageCharset(parameter);
        this.#group.charset = this.#codePage;
        return;
      case 'fonttbl':
        this.#group.destination = 'fonts';
        return;
      case 'deff':
        this.#defaultFont = parameter;
        return;
      case 'f':
        if (this.#group.destination === 'fonts') this.#definedFont = parameter;
        else this.#group.charset = this.#fontCharset(parameter);
        return;
      case 'fcharset':
        this.#defineFont(FONT_CODE_PAGES[parameter ?? 1]);
        return;
      case 'cpg':
        this.#defineFont(parameter ?? undefined);
        return;
      default:
    }
  }

  #defineFont(codePage: number | undefined): void {
    if (this.#group.destination !== 'fonts' || this.#definedFont === null || codePage === undefined) return;
    if (this.#fonts.size < MAX_FONTS) this.#fonts.set(this.#definedFont, codePageCharset(codePage));
  }

  #fontCharset(font: number | null): string {
    return (font === null ? undefined : this.#fonts.get(font)) ?? this.#codePage;
  }

  #shows(): boolean {
    const { skipped, suppressed, destination } = this.#group;
    return (
      !skipped && !(suppressed && this.#kind === 'html') && destination !== 'fonts' && destination !== 'instruction'
    );
  }

  #show(text: string): void {
    if (this.#group.destination === 'instruction') {
      if (this.#instruction.length < MAX_INSTRUCTION) this.#instruction += text;
      return;
    }
    if (!this.#shows()) return;
    this.#pieces.push(text);
    this.#length += text.length;
  }

  #flush(): void {
    if (this.#run.length === 0) return;
    const text = decodeText(Buffer.from(this.#run), this.#group.charset).text;
    this.#run = [];
    this.#pieces.push(text);
    this.#length += text.length;
  }

  #endInstruction(): void {
    const target = HYPERLINK.exec(this.#instruction)?.[1];
    this.#instruction = '';
    if (target !== undefined && this.#targets.length < MAX_TARGETS) this.#targets.push(target);
  }

  /** Where links lead, behind the text that they show. */
  #showTargets(): void {
    const shown = this.#pieces.at(-1) ?? '';
    for (const target of this.#targets.splice(0)) if (!shown.includes(target)) this.#show(` <${target}>`);
  }
}
