import type { PolicyChanges } from '../../domain/outgoing/outcomes.js';
import { CannotSeal } from '../sealing/cannot-seal.js';
import { canonicalEntity } from '../sealing/canonical-entity.js';
import { withCrlf } from '../sealing/transport-safe.js';
import { headerSectionEnd } from './header-check.js';
import { withHeaderChanges } from './header-changes.js';
import { isProtectedMail, readBody } from './mail-body.js';
import { withPolicyText } from './policy-text.js';
import { withTextAlternative } from './text-alternative.js';

export const MAKING_ENGINE = { engine: 'outgoing-mail', version: '1' };

export interface MakingOrder {
  /** Of the message here: what is made of it is the same each time. */
  id: string;
  /** Domain of the Message-ID, where it has none. */
  domain: string;
  date: Date;
  changes: PolicyChanges;
}

export interface MadeMail {
  bytes: Buffer;
  /** What was changed, in sentences. */
  done: string[];
  /** Why a person must see it: something asked for could not be done. */
  problems: string[];
  isProtected: boolean;
}

/** RFC 5321 4.5.3.1.6, without the line end. */
const LONGEST_LINE = 998;
const LF = 0x0a;
const CR = 0x0d;

/**
 * What leaves, made of what a client handed in: a text part for HTML alone, notices and footers, header fields, lines
 * that every server takes. What the client signed or encrypted keeps its content byte by byte. The same input gives the
 * same bytes.
 */
export function makeMail(message: Buffer, order: MakingOrder): MadeMail {
  const done: string[] = [];
  const problems: string[] = [];
  let bytes = usesLineFeeds(message) ? withCrlf(message) : message;
  const { root } = readBody(bytes);
  const isProtected = isProtectedMail(root);
  if (!isProtected) {
    const withText = withTextAlternative(bytes, order.id);
    if (withText !== null) done.push('A text part was made of its HTML.');
    bytes = withText ?? bytes;
    const withPolicy = withPolicyText(bytes, order.changes, order.id);
    if (withPolicy === null)
      problems.push('Its MIME structure is damaged: the text that a rule adds has no place in it.');
    bytes = withPolicy ?? bytes;
  }
  const header = withHeaderChanges(bytes, {
    prefixes: order.changes.prefixes,
    added: order.changes.headers,
    messageId: `<${order.id}@${order.domain}>`,
    date: order.date,
  });
  done.push(...header.done);
  bytes = header.bytes;
  if (!isSendable(bytes)) {
    try {
      if (isProtected) throw new CannotSeal('its client signed or encrypted it');
      bytes = canonicalEntity(bytes);
      done.push('Lines that no server takes were encoded.');
    } catch (error) {
      if (!(error instanceof CannotSeal)) throw error;
      problems.push(`It has lines that no server takes, and cannot be encoded anew: ${error.message}.`);
    }
  }
  return { bytes, done, problems, isProtected };
}

/** Line ends of a program that knows no others; where both occur, those of its header section were checked before. */
function usesLineFeeds(message: Buffer): boolean {
  return !message.subarray(0, headerSectionEnd(message)).includes('\r\n');
}

/** No byte and no line that a server refuses (RFC 5321 2.3.8, 4.5.3.1.6), nor a bare line end that ends a mail too early. */
function isSendable(message: Buffer): boolean {
  let start = 0;
  for (let at = 0; at < message.length; at += 1) {
    const byte = message[at];
    if (byte === 0) return false;
    if (byte === CR && message[at + 1] !== LF) return false;
    if (byte !== LF) continue;
    if (message[at - 1] !== CR || at - 1 - start > LONGEST_LINE) return false;
    start = at + 1;
  }
  return message.length - start <= LONGEST_LINE;
}
