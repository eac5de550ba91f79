import addressparser from 'nodemailer/lib/addressparser';
import { readRecipientAddress } from '../../adapters/outgoing/recipient-address.js';
import type { Problem } from '../../domain/problem.js';

/** An address with its display name. */
export interface NamedAddress {
  name: string;
  address: string;
  destination: string;
}

const LONGEST = 1_000;
const LONGEST_NAME = 200;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Reads `Ada <ada@example.org>` or `ada@example.org`; null, with a problem said, where it is not one address. */
export function readNamedAddress(text: string, field: string, problems: Problem[]): NamedAddress | null {
  const read = namedAddress(text);
  if ('problem' in read) {
    problems.push({ field, problem: read.problem });
    return null;
  }
  return read;
}

/** As readNamedAddress, with the problem as its answer. */
export function namedAddress(text: string): NamedAddress | { problem: string } {
  if (text.length > LONGEST || CONTROL.test(text)) return { problem: NOT_ONE };
  const parsed = addressparser(text, { flatten: true });
  const [only] = parsed;
  if (parsed.length !== 1 || only?.address === undefined || only.address === '') return { problem: NOT_ONE };
  const read = readRecipientAddress(only.address);
  if ('problem' in read) return { problem: `${JSON.stringify(only.address.slice(0, 100))} ${read.problem}` };
  const name = (only.name ?? '').trim();
  if (name.length > LONGEST_NAME) return { problem: `must have a name of at most ${LONGEST_NAME} characters` };
  return { name, ...read };
}

const NOT_ONE = 'must be one address, for example ada@example.org or Ada <ada@example.org>';
