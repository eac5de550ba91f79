import { isIpAddress } from './ip-address.js';

/** The client of one hop, as the server that wrote the Received field saw it. */
export interface ReceivedHop {
  address: string;
  helo: string | null;
}

/** A longer field was not written by a mail server that can be trusted. */
const MAX_CHARACTERS = 2_000;
const LITERAL = /^\[(?:IPv6:)?([\da-f:.]{2,45})\](?::\d{1,5})?$/i;

/**
 * Reads the from-clause of a Received field (RFC 5321 4.4): `from HELO (NAME [ADDRESS]) by ...`, and the forms of Exim
 * and qmail.
 *
 * The address that counts is the one in the comment, which the server wrote; what stands for the name is the client's
 * claim. Where more than one address could be meant, none is: a name with brackets in it must not pick its own.
 *
 * @returns why there is no address to be had, where it cannot be read
 */
export function readReceived(value: string): ReceivedHop | { unreadable: string } {
  if (value.length > MAX_CHARACTERS) return { unreadable: 'it is too long' };
  const start = /^from\s+([^\s()]+)\s*/i.exec(value);
  const claim = start?.[1];
  if (start === null || claim === undefined) return { unreadable: 'it does not say from where' };
  const { comments, rest } = leadingComments(value.slice(start[0].length));
  if (!/^by\s+[^\s()]/i.test(rest)) return { unreadable: 'it does not say by whom' };
  // A client may call itself `[192.0.2.1] (helo=x) by y`: the clauses that the server wrote come after it.
  if (/\sby\s/i.test(rest)) return { unreadable: 'it says twice by whom' };
  // Exim and qmail name the client's claim in the comment.
  const claimed = /(?:^|[\s(])(?:helo|ehlo)[= ]\s*(?<helo>[^\s()]+)/i.exec(comments);
  const seen = addressesIn(claimed === null ? comments : comments.replace(claimed[0], ' '));
  if (seen.length > 1) return { unreadable: 'it names more than one address' };
  const helo = claimed?.groups?.['helo'] ?? null;
  const [address] = seen;
  if (address !== undefined) return { address, helo: helo ?? claim };
  // `from [192.0.2.1] (helo=name)`: Exim, for a client whose address has no name.
  const literal = addressOf(claim);
  if (literal !== null && helo !== null) return { address: literal, helo };
  return { unreadable: 'it names no address that the server saw' };
}

/** The comments (RFC 5322 3.2.2, nested ones too) at the start of a text, and what follows them. */
function leadingComments(text: string): { comments: string; rest: string } {
  let depth = 0;
  let end = 0;
  for (; end < text.length; end++) {
    const character = text[end]!;
    if (character === '\\' && depth > 0) end += 1;
    else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0 && !/\s/.test(character)) break;
  }
  return { comments: text.slice(0, end), rest: depth === 0 ? text.slice(end) : '' };
}

/** The different addresses in comments: in brackets, or bare as qmail and Exchange write them. */
function addressesIn(comments: string): string[] {
  const words = comments.split(/[\s()]+/).map((word) => word.slice(word.lastIndexOf('@') + 1));
  const found = words.map(addressOf).filter((address) => address !== null);
  return [...new Set(found.map((address) => address.toLowerCase()))];
}

function addressOf(word: string): string | null {
  const address = LITERAL.exec(word)?.[1] ?? word;
  return isIpAddress(address) ? address : null;
}
