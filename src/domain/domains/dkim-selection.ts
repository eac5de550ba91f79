/** What a domain signs with now. */
export interface DomainSigning<Key> {
  name: string;
  /** Whether mail waits where its keys cannot be used, rather than leaving unsigned. */
  required: boolean;
  /** Its ACTIVE keys that could be opened. */
  keys: readonly Key[];
  /** Those that could not, and why. */
  unreadable: readonly { selector: string; reason: string }[];
}

export type SigningDecision<Key> =
  | { kind: 'sign'; domain: string; keys: readonly Key[]; unreadable: DomainSigning<Key>['unreadable'] }
  | { kind: 'unsigned'; reason: string }
  /** It must wait: what to do, for a person. */
  | { kind: 'hold'; reason: string };

/**
 * Who signs a message: the domain of its author, so that the signature aligns with what people see (RFC 7489 3.1.1), and
 * only where it is the organization's.
 *
 * @param own what is known of the author's domain; null: it is not the organization's
 */
export function decideSigning<Key>(own: DomainSigning<Key> | null): SigningDecision<Key> {
  if (own === null) return { kind: 'unsigned', reason: "the author's domain is not one of the organization" };
  const { name, required, keys, unreadable } = own;
  if (keys.length > 0) return { kind: 'sign', domain: name, keys, unreadable };
  if (unreadable.length === 0) return { kind: 'unsigned', reason: `no DKIM key of ${name} signs yet` };
  const which = unreadable.map(({ selector, reason }) => `${selector}: ${reason}`).join('; ');
  const reason = `the DKIM keys of ${name} cannot be opened (${which})`;
  return required ? { kind: 'hold', reason } : { kind: 'unsigned', reason };
}
