import type { Correspondent } from '../../domain/correspondent.js';
import { nameKey } from './correspondent-keys.js';

/** Whom the organization knows: its own people, and those of its correspondents who are near the sender. */
export interface KnownSenders {
  people: readonly Person[];
  correspondents: readonly Correspondent[];
}

export interface Person {
  /** As a sender would write it: `Ada Kern`. */
  name: string;
  address: string;
}

export const NOBODY_KNOWN: KnownSenders = { people: [], correspondents: [] };

export interface MailboxFacts {
  name: string;
  /** An address, or a pattern with `*`. */
  pattern: string;
  members: readonly string[];
}

/** People behind mailboxes: mailboxes with a person's name, and members by the name in their address. */
export function peopleOf(mailboxes: readonly MailboxFacts[]): Person[] {
  const people = mailboxes.flatMap(({ name, pattern, members }) => [
    ...(pattern.includes('*') ? [] : [{ name, address: pattern }]),
    ...members.map((address) => ({ name: nameInAddress(address), address })),
  ]);
  return people.filter(({ name }) => nameKey(name) !== '' && !ROLE.test(name));
}

/** Names that are nobody's: every organization has them. */
const ROLE =
  /\b(?:support|sales|info|office|team|service|billing|accounts?|kontakt|vertrieb|buchhaltung|help ?desk|press|jobs?|hr|all|everyone)\b/i;

/** `ada.kern@harbour.example` -> `ada kern`. */
function nameInAddress(address: string): string {
  return (address.split('@')[0] ?? '')
    .replace(/\+.*$/, '')
    .split(/[._-]/)
    .filter((word) => /^\p{L}{2,}$/u.test(word))
    .join(' ');
}
