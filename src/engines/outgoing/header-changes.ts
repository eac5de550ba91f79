import libmime from 'libmime';
import { decodeWords } from '../mime/encoded-words.js';
import { field, fieldsToBytes, splitHeader, valueOf, type FieldText } from '../sealing/header-fields.js';

/** What is done to the header section of a message that leaves. */
export interface HeaderChanges {
  /** Before the subject, where it does not begin with them yet. */
  prefixes: readonly string[];
  /** Behind all others. */
  added: readonly { name: string; value: string }[];
  /** Taken where the message has none. */
  messageId: string;
  date: Date;
}

/** Fields that say who gets it besides: never sent (RFC 5322 3.6.3); and what only the last server may add. */
const REMOVED = new Set(['bcc', 'resent-bcc', 'return-path']);

/** @returns the message with what was done to it, in sentences */
export function withHeaderChanges(message: Buffer, changes: HeaderChanges): { bytes: Buffer; done: string[] } {
  const { fields, body } = splitHeader(message);
  const done: string[] = [];
  const has = (name: string) => fields.some((one) => one.name === name);
  const kept = fields.filter(({ name }) => !REMOVED.has(name));
  if (has('bcc') || has('resent-bcc')) done.push('The Bcc field was removed.');
  const added: FieldText[] = [];
  if (!has('message-id')) {
    added.push(field('Message-ID', changes.messageId));
    done.push('A Message-ID was added.');
  }
  if (!has('date')) {
    added.push(field('Date', dateField(changes.date)));
    done.push('A Date was added.');
  }
  for (const { name, value } of changes.added) added.push(textField(name, value));
  const all = [...withPrefixes(kept, changes.prefixes), ...added];
  return { bytes: Buffer.concat([fieldsToBytes(all), Buffer.from('\r\n'), body]), done };
}

function withPrefixes(fields: readonly FieldText[], prefixes: readonly string[]): FieldText[] {
  if (prefixes.length === 0) return [...fields];
  const written = fields.find(({ name }) => name === 'subject');
  const subject = written === undefined ? '' : subjectOf(written);
  const missing = prefixes.filter((prefix) => !subject.includes(prefix));
  if (missing.length === 0) return [...fields];
  const changed = textField('Subject', `${missing.join(' ')} ${subject}`.trim());
  return written === undefined ? [...fields, changed] : fields.map((one) => (one === written ? changed : one));
}

/** The subject as text: unfolded, its words decoded, UTF-8 read. */
export function subjectOf(written: FieldText): string {
  const unfolded = valueOf(written).replace(/\r\n(?=[ \t])/g, '');
  return decodeWords(Buffer.from(unfolded, 'latin1').toString('utf8'));
}

/** A field of text: what is beyond ASCII in encoded words (RFC 2047), long lines folded. No line end of it stays. */
export function textField(name: string, text: string): FieldText {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  const encoded = isPlain(line) ? line : libmime.encodeWord(line, 'B', 52);
  const folded = libmime.foldLines(`${name}: ${encoded}`, 76);
  return { name: name.toLowerCase(), text: `${folded}\r\n` };
}

/** What reads like an encoded word is written as one, so that it is read as it was meant. */
const isPlain = (line: string) => /^[\x20-\x7e]*$/.test(line) && !line.includes('=?') && !/\S{400}/.test(line);

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322 3.3. */
function dateField(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${time} +0000`;
}
