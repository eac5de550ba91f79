import { isUtf8 } from 'node:buffer';
import type { FindingList } from '../security/finding-list.js';

const CR = 0x0d;
const LF = 0x0a;
/** RFC 5322 2.1.1, without the line end. */
const LONGEST_LINE = 998;
const MOST_FIELDS = 1_000;
const MOST_BYTES = 512 * 1024;
const FIELD = /^([!-9;-~]{1,200}):/;
/** RFC 5322 3.6, RFC 2045 3: of two of them, programs read different ones. */
const SINGLE = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]);

/**
 * What is wrong with the header section of a message that a client handed in (RFC 5322 2.2): fields smuggled in by line
 * ends, doubled ones, what no server takes. Its codes begin with `outgoing.header`.
 *
 * @param smtpUtf8 whether it was handed in as RFC 6532 mail
 */
export function checkHeader(message: Buffer, smtpUtf8: boolean, findings: FindingList): void {
  const end = headerSectionEnd(message);
  const header = message.subarray(0, end);
  const refuse = (code: string, explanation: string) => findings.add(`outgoing.header.${code}`, 'high', 1, explanation);
  if (header.length > MOST_BYTES) return refuse('size', `Its header section is larger than ${MOST_BYTES} bytes.`);
  if (header.includes(0)) refuse('nul', 'A NUL stands in its header section.');
  checkLineEnds(header, refuse);
  const counts = new Map<string, number>();
  let fields = 0;
  for (const line of header.toString('latin1').split(/\r\n|\n|\r/)) {
    if (line === '') continue;
    if (line.length > LONGEST_LINE)
      refuse('line', `A line of its header section is longer than ${LONGEST_LINE} bytes.`);
    if (line[0] === ' ' || line[0] === '\t') {
      if (fields === 0) refuse('malformed', 'Its header section begins with a folded line.');
      continue;
    }
    fields += 1;
    const name = FIELD.exec(line)?.[1];
    if (name === undefined) refuse('malformed', `Line ${fields} of its header section is no field.`);
    else counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  }
  if (fields > MOST_FIELDS) refuse('size', `It has more than ${MOST_FIELDS} header fields.`);
  for (const [name, count] of counts) {
    if (count > 1 && SINGLE.has(name)) refuse('duplicated', `It has ${count} fields ${name}; there may be one.`);
  }
  if (!header.some((byte) => byte > 0x7f)) return;
  if (!isUtf8(header)) refuse('charset', 'Its header section holds bytes that are no UTF-8.');
  else if (!smtpUtf8) {
    refuse('charset', 'Its header section holds characters beyond ASCII: encode them (RFC 2047), or use SMTPUTF8.');
  }
}

/** A bare line end in a header section that has whole ones begins a field in some programs and not in others. */
function checkLineEnds(header: Buffer, refuse: (code: string, explanation: string) => void): void {
  let whole = 0;
  let bareLf = 0;
  let bareCr = 0;
  for (let at = 0; at < header.length; at += 1) {
    if (header[at] === CR) {
      if (header[at + 1] === LF) whole += 1;
      else bareCr += 1;
    } else if (header[at] === LF && header[at - 1] !== CR) bareLf += 1;
  }
  if (bareCr > 0) refuse('injection', 'A bare CR stands in its header section.');
  if (bareLf > 0 && whole > 0) refuse('injection', 'A bare LF stands in its header section beside whole line ends.');
}

/** Where the header section ends: before the empty line, as all line ends are read. */
export function headerSectionEnd(message: Buffer): number {
  let start = 0;
  while (start < message.length) {
    const lineFeed = message.indexOf(LF, start);
    if (lineFeed === -1) return message.length;
    if (lineFeed === start || (lineFeed === start + 1 && message[start] === CR)) return start;
    start = lineFeed + 1;
  }
  return message.length;
}
