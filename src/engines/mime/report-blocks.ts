import type { TypedValue } from '../../domain/message-report.js';
import { DEFAULT_PARSE_LIMITS, type HeaderField } from '../../domain/parsed-message.js';
import type { DefectList } from './defect-list.js';
import { decodeWords } from './encoded-words.js';
import { fieldText, readHeaderSection } from './header-section.js';
import { parseMessageDate } from './message-date.js';

const MAX_BLOCKS = 500;
const MAX_FIELDS = 100;
const MAX_VALUE = 4_000;
/** Over all blocks: they are copied between threads. */
const MAX_CHARACTERS = 256 * 1024;
const NO_DELIMITER = (): boolean => false;

/** The fields of one block of a machine-readable report, found by name. */
export class ReportBlock {
  readonly fields: HeaderField[];

  constructor(fields: HeaderField[]) {
    this.fields = fields;
  }

  has(name: string): boolean {
    return this.fields.some((field) => field.name.toLowerCase() === name);
  }

  text(name: string): string | null {
    return this.all(name)[0] ?? null;
  }

  all(name: string): string[] {
    return this.fields
      .filter((field) => field.name.toLowerCase() === name && field.value !== '')
      .map(({ value }) => value);
  }

  /** `rfc822; ada@example.com`; the type is absent where the value has no semicolon or nothing like a type before it. */
  typed(name: string): TypedValue | null {
    const value = this.text(name);
    if (value === null) return null;
    const found = /^\s*([a-z0-9-]{1,40})\s*;\s*([^]*)$/i.exec(value);
    if (found === null) return { type: null, value };
    const type = (found[1] ?? '').toLowerCase();
    const rest = (found[2] ?? '').trim();
    return { type, value: type.startsWith('utf-8') ? unescapeUnicode(rest) : rest };
  }

  date(name: string): string | null {
    const value = this.text(name);
    return value === null ? null : (parseMessageDate(value)?.iso ?? null);
  }

  id(name: string): string | null {
    const value = this.text(name);
    return value === null ? null : (/<([^<>]{1,998})>/.exec(value)?.[1] ?? value).trim();
  }
}

/** RFC 6533 3: `\x{20AC}` in a utf-8-addr-xtext. */
function unescapeUnicode(text: string): string {
  return text.replace(/\\x\{([0-9a-f]{2,6})\}/gi, (escape, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  });
}

/** The blocks of fields of a report part, which empty lines divide (RFC 3464 2.1). */
export function reportBlocks(bytes: Buffer, defects: DefectList): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  let pos = 0;
  let left = MAX_CHARACTERS;
  while (pos < bytes.length) {
    if (blocks.length >= MAX_BLOCKS || left <= 0) {
      defects.add(
        'report.size',
        `The report is longer than ${MAX_BLOCKS} blocks or 256 K characters; the rest was not read.`,
      );
      break;
    }
    const section = readHeaderSection(bytes, pos, DEFAULT_PARSE_LIMITS, NO_DELIMITER, defects);
    if (section.fields.length > MAX_FIELDS || section.fields.some((field) => field.bytes.length > MAX_VALUE)) {
      defects.add('report.size', 'A block of the report has more, or longer, fields than are kept.');
    }
    const fields = section.fields.slice(0, MAX_FIELDS).map((field) => ({
      name: field.name,
      value: decodeWords(fieldText(field, undefined, defects))
        .slice(0, MAX_VALUE)
        .trim(),
    }));
    for (const { name, value } of fields) left -= name.length + value.length;
    if (fields.length > 0) blocks.push(new ReportBlock(fields));
    pos = section.bodyStart > pos ? section.bodyStart : lineAfter(bytes, pos);
  }
  return blocks;
}

function lineAfter(bytes: Buffer, pos: number): number {
  const lineFeed = bytes.indexOf(0x0a, pos);
  return lineFeed === -1 ? bytes.length : lineFeed + 1;
}
