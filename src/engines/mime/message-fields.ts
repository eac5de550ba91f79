import type { Address, HeaderField } from '../../domain/parsed-message.js';
import { addressesOf } from './addresses.js';
import { charsetLabel } from './charset.js';
import type { DefectList } from './defect-list.js';
import { decodeWords } from './encoded-words.js';
import { fieldText, headerFields } from './header-section.js';
import { parseMessageDate, type MessageDate } from './message-date.js';
import type { Part } from './part.js';

const MAX_SUBJECT = 2_000;
const MAX_HEADER_CHARACTERS = 256 * 1024;
const MAX_VALUE = 16 * 1024;

/** What the header section of a message says, the message itself or one inside it. */
export class MessageFields {
  readonly #part: Part;
  readonly #fallback: string | undefined;
  readonly #defects: DefectList;

  constructor(part: Part, defects: DefectList) {
    this.#part = part;
    this.#fallback = fallbackCharset(part);
    this.#defects = defects;
  }

  /** Decoded value of the first field with this name (lower case); empty where there is none. */
  text(key: string): string {
    const field = this.#part.fields.find((candidate) => candidate.key === key);
    return field === undefined ? '' : decodeWords(fieldText(field, this.#fallback, this.#defects)).trim();
  }

  subject(): string {
    const subject = this.text('subject');
    if (subject.length > MAX_SUBJECT) {
      this.#defects.add('header.value', `The Subject is longer than ${MAX_SUBJECT} characters; it was cut.`);
    }
    return subject.slice(0, MAX_SUBJECT);
  }

  addresses(key: string): Address[] {
    return addressesOf(this.#part.fields, key, this.#fallback, this.#defects);
  }

  date(): MessageDate | null {
    const field = this.#part.fields.find((candidate) => candidate.key === 'date');
    if (field === undefined) return null;
    const date = parseMessageDate(field.bytes);
    if (date === null) {
      this.#defects.add('header.date.unreadable', `The Date field cannot be read: "${field.bytes.slice(0, 60)}".`);
    }
    return date;
  }

  /** Message identifiers without their brackets; an unbracketed single word is taken as it is. */
  ids(key: string, limit: number): string[] {
    const text = this.text(key);
    const bounded = text.slice(0, 64 * 1024);
    const ids = new Set<string>();
    for (const match of bounded.matchAll(/<([^<>]{1,998})>/g)) {
      const id = (match[1] ?? '').replace(/\s+/g, '');
      if (id !== '') ids.add(id);
      if (ids.size >= 10 * limit) break;
    }
    if (ids.size === 0 && /^\S{3,998}$/.test(bounded) && bounded.includes('@')) ids.add(bounded.replace(/[<>]/g, ''));
    const all = [...ids];
    if (all.length <= limit && bounded.length === text.length) return all;
    if (limit > 1) {
      this.#defects.add(
        'header.ids',
        `The field ${key} names more than ${limit} messages; the first and last were kept.`,
      );
    }
    return limit === 1 ? all.slice(0, 1) : [...all.slice(0, 1), ...all.slice(1).slice(1 - limit)];
  }

  /** All fields in order, as many characters as `limit` allows: they are copied between threads. */
  headers(limit = MAX_HEADER_CHARACTERS): HeaderField[] {
    let left = limit;
    let cut = false;
    const bounded = headerFields(this.#part, this.#fallback, this.#defects).map(({ name, value, raw }) => {
      const room = Math.min(MAX_VALUE, Math.max(0, left));
      cut ||= value.length > room;
      const kept = value.slice(0, room);
      left -= kept.length + (raw?.length ?? 0);
      return raw === undefined || left < 0
        ? { name, value: kept }
        : { name, value: kept, raw: raw.slice(0, MAX_VALUE) };
    });
    if (cut) this.#defects.add('header.value', 'Header fields are longer than is kept of them; their ends were cut.');
    return bounded;
  }
}

/** Raw 8-bit text in header fields is most often in the charset of the body. */
function fallbackCharset(message: Part): string | undefined {
  let part: Part | undefined = message;
  for (let level = 0; part !== undefined && level < 5; level += 1) {
    const label = charsetLabel(part.charset);
    if (label !== null) return label === 'utf-8' ? undefined : label;
    part = part.children[0];
  }
  return undefined;
}
