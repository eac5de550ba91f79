import addressparser from 'nodemailer/lib/addressparser';
import type { Address } from '../../domain/parsed-message.js';
import type { DefectList } from './defect-list.js';
import { decodeWords } from './encoded-words.js';
import { fieldText, type RawField } from './header-section.js';

const MAX_ADDRESSES = 1_000;
const MAX_CHARACTERS = 64 * 1024;
const MAX_NAME = 500;
/** addressparser walks groups and comments within each other; deeper ones are no address list. */
const MAX_OPENINGS = 2_000;

/** All addresses of the fields with this name (RFC 5322 3.4), groups flattened, names decoded. */
export function addressesOf(
  fields: readonly RawField[],
  key: string,
  fallbackCharset: string | undefined,
  defects: DefectList,
): Address[] {
  const addresses: Address[] = [];
  for (const field of fields) {
    if (field.key !== key) continue;
    let text = fieldText(field, fallbackCharset, defects);
    if (text.length > MAX_CHARACTERS) {
      text = text.slice(0, text.lastIndexOf(',', MAX_CHARACTERS) + 1 || MAX_CHARACTERS);
      defects.add(
        'address.count',
        `The field ${field.name} is longer than ${MAX_CHARACTERS} characters; its end was not read.`,
      );
    }
    if (countOpenings(text) > MAX_OPENINGS) {
      defects.add('address.malformed', `The field ${field.name} holds no readable address.`);
      continue;
    }
    const found = parse(text);
    if (found.length === 0 && text.trim() !== '' && !/^[^:;]*:\s*;?\s*$/.test(text)) {
      defects.add('address.malformed', `The field ${field.name} holds no readable address.`);
    }
    addresses.push(...found.map((address) => cut(address, field.name, defects)));
    if (addresses.length > MAX_ADDRESSES) {
      defects.add(
        'address.count',
        `There are more than ${MAX_ADDRESSES} addresses in ${field.name}; the rest was not read.`,
      );
      return addresses.slice(0, MAX_ADDRESSES);
    }
  }
  return addresses;
}

function countOpenings(text: string): number {
  let count = 0;
  for (const character of text) if (character === '(' || character === ':') count += 1;
  return count;
}

function parse(text: string): Address[] {
  const addresses: Address[] = [];
  for (const entry of addressparser(text)) {
    if ('group' in entry && Array.isArray(entry.group)) {
      const group = nameOf(entry.name);
      for (const member of entry.group) {
        if ('address' in member && member.address) addresses.push({ ...mailbox(member), group });
      }
    } else if ('address' in entry && entry.address) {
      addresses.push(mailbox(entry));
    }
  }
  return addresses;
}

function mailbox(entry: { address?: string; name?: string }): Address {
  return { address: entry.address ?? '', name: nameOf(entry.name) };
}

function nameOf(name: string | undefined): string {
  return decodeWords(name ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

function cut(entry: Address, field: string, defects: DefectList): Address {
  const longest = Math.max(entry.address.length, entry.name.length, entry.group?.length ?? 0);
  if (longest <= MAX_NAME) return entry;
  defects.add('address.size', `An address in ${field} is longer than ${MAX_NAME} characters; its end was cut.`);
  const kept = { address: entry.address.slice(0, MAX_NAME), name: entry.name.slice(0, MAX_NAME) };
  return entry.group === undefined ? kept : { ...kept, group: entry.group.slice(0, MAX_NAME) };
}
