import { findForeignResults } from '../../domain/foreign-results.js';
import type { Severity } from '../../domain/findings.js';
import type { SpamVerdict } from '../../domain/outcomes.js';

/** Names messages of ours that this one is or was: by it a message that comes back is known. */
export const TRACE_FIELD = 'X-Everpost-Trace';

/** More of them than a message can honestly have are not looked up. */
const MOST_TRACES = 50;
/** A line that every server takes (RFC 5321 4.5.3.1.6), without its line end. */
const LONGEST_LINE = 998;

export interface OnwardFacts {
  messageId: string;
  /** Our Received field, line ends included. */
  trace: string;
  /** What was found of its authentication; null where that was not looked at. */
  authenticationResults: { authservId: string; field: string } | null;
  spam: { score: number; verdict: SpamVerdict } | null;
  threatLevel: Severity | null;
}

export interface OnwardHeader {
  /** Our fields and those of the message, CRLF at each line's end, the empty line that ends them left out. */
  bytes: Buffer;
  /** Received fields of the message as we took it. */
  receivedFields: number;
  /** Ids that our trace fields in it name, newest first. */
  traces: string[];
}

/**
 * The header section that goes onward: our trace and verdicts before the fields as they were received.
 *
 * Fields that claim to be our verdict are taken out, whoever wrote them; all others keep their bytes. A bare CR or LF
 * is a line end here, as it becomes one on the wire: what is behind it must not turn into a field unseen.
 *
 * @param received the header section without the empty line
 */
export function onwardHeader(received: Buffer, facts: OnwardFacts): OnwardHeader {
  const own = facts.authenticationResults;
  const checked =
    own === null ? received : withoutRanges(received, findForeignResults(received, own.authservId).ranges);
  const fields = fieldsOf(checked);
  const kept = fields.filter(({ name }) => !name.startsWith('x-everpost-') || name === TRACE_FIELD.toLowerCase());
  const traces = kept.filter(({ name }) => name === TRACE_FIELD.toLowerCase()).map(({ text }) => valueOf(text));
  const head = [
    crlf(facts.trace),
    ...(own === null ? [] : [crlf(own.field)]),
    `${TRACE_FIELD}: ${facts.messageId}\r\n`,
    ...(facts.spam === null
      ? []
      : [
          `X-Everpost-Spam-Score: ${facts.spam.score.toFixed(4)}\r\n`,
          `X-Everpost-Spam-Verdict: ${facts.spam.verdict}\r\n`,
        ]),
    ...(facts.threatLevel === null ? [] : [`X-Everpost-Threat-Level: ${facts.threatLevel}\r\n`]),
  ];
  return {
    bytes: Buffer.from(head.join('') + kept.map(({ text }) => text).join(''), 'latin1'),
    receivedFields: kept.filter(({ name }) => name === 'received').length,
    traces: traces.filter((id) => UUID.test(id)).slice(0, MOST_TRACES),
  };
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

interface Field {
  /** Lower case, without spaces before the colon; empty for a line that is no field. */
  name: string;
  /** One character a byte, line ends included. */
  text: string;
}

function fieldsOf(header: Buffer): Field[] {
  const fields: Field[] = [];
  for (const line of crlf(header.toString('latin1')).match(/[^\n]*\n/g) ?? []) {
    const last = fields.at(-1);
    if (last !== undefined && (line[0] === ' ' || line[0] === '\t')) last.text += line;
    else fields.push({ name: nameOf(line), text: line });
  }
  return fields;
}

function nameOf(line: string): string {
  const colon = line.indexOf(':');
  return colon < 1 || colon > LONGEST_LINE ? '' : line.slice(0, colon).trim().toLowerCase();
}

const valueOf = (text: string) =>
  text
    .slice(text.indexOf(':') + 1)
    .trim()
    .toLowerCase();

function crlf(text: string): string {
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n');
  return lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
}

function withoutRanges(bytes: Buffer, ranges: readonly { start: number; end: number }[]): Buffer {
  let position = 0;
  const pieces: Buffer[] = [];
  for (const { start, end } of ranges) {
    pieces.push(bytes.subarray(position, start));
    position = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(position)]);
}
