import { domainToASCII } from 'node:url';
import { isDomainName } from '../../domain/mailbox.js';

/** An address that mail can be sent to. */
export interface ReadAddress {
  /** The domain in A-labels and small letters; the local part as it was given, it is its server's to read. */
  address: string;
  destination: string;
}

/** RFC 5321 4.5.3.1: octets of a local part, of a path without its brackets. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_ADDRESS = 254;
/** RFC 5321 4.1.2, with the UTF-8 of RFC 6531 3.3. */
const DOT_STRING = /^[\w!#$%&'*+/=?^`{|}~\u00a0-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u00a0-\u{10ffff}-]+)*$/u;
const QUOTED_STRING = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\u{10ffff}]|\\[\x20-\x7e])*"$/u;
const DOMAIN = /^[a-z\d.\u00a0-\u{10ffff}-]{1,255}$/iu;
const NOT_SHOWN = /[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Reads an address (RFC 5321 Mailbox, UTF-8 as RFC 6531 has it), or says what is wrong with it. */
export function readRecipientAddress(text: string): ReadAddress | { problem: string } {
  const at = text.lastIndexOf('@');
  if (at < 1) return { problem: 'is no address: one is written name@example.org' };
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (NOT_SHOWN.test(text)) return { problem: 'has characters that nobody sees' };
  if (!DOT_STRING.test(local) && !QUOTED_STRING.test(local)) {
    return { problem: `has a local part that is none (RFC 5321 4.1.2): ${shown(local)}` };
  }
  if (Buffer.byteLength(local) > LONGEST_LOCAL_PART) {
    return { problem: `has a local part of more than ${LONGEST_LOCAL_PART} octets` };
  }
  if (/^\[.*\]$/.test(domain)) return { problem: 'names a network address: mail is sent to domains alone' };
  const destination = DOMAIN.test(domain) ? domainToASCII(domain).toLowerCase() : '';
  if (!isDomainName(destination)) return { problem: `has a domain that is none: ${shown(domain)}` };
  const address = `${local}@${destination}`;
  if (Buffer.byteLength(address) > LONGEST_ADDRESS) {
    return { problem: `is longer than ${LONGEST_ADDRESS} octets` };
  }
  return { address, destination };
}

/** The domain in A-labels and small letters; as it is where it is no domain. */
export function domainInAscii(domain: string): string {
  return domainToASCII(domain).toLowerCase() || domain.toLowerCase();
}

const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
