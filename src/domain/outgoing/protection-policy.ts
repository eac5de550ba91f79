import { isDomainName } from '../mailbox.js';
import type { Problem } from '../problem.js';
import { isTrustedAtLeast, KEY_TRUSTS, type KeyTrust } from '../recipient-key.js';
import type { ProtectionKind } from '../protection.js';
import type { ProtectionChoice } from './send-options.js';

/** `AUTO`: AES-GCM where every certificate says that it is read, else AES-CBC, which all programs read. */
export const SMIME_CIPHERS = ['AUTO', 'AES_256_CBC', 'AES_256_GCM'] as const;
export type SmimeCipher = (typeof SMIME_CIPHERS)[number];

/** Says otherwise than the policy for some mail; null: it says nothing of it. */
export interface ProtectionRule {
  /** Domain of the author: `example.org`, `*.example.org` for it and those below it; null: any. */
  from: string | null;
  /** Domain of the recipient, likewise. */
  to: string | null;
  sign: ProtectionChoice | null;
  encrypt: ProtectionChoice | null;
  form: ProtectionKind | null;
}

/** What an organization asks of its outgoing mail. */
export interface ProtectionPolicy {
  sign: ProtectionChoice;
  encrypt: ProtectionChoice;
  /** Which of the two is taken where both can be. */
  form: ProtectionKind;
  cipher: SmimeCipher;
  /** Keys that are trusted less are not encrypted to. */
  leastTrust: KeyTrust;
  /** Whether key directories of the recipients' domains are asked (WKD). */
  lookUp: boolean;
  /** Whether the author's own key opens it too. */
  encryptToSelf: boolean;
  /** Whether header fields are signed and the Subject encrypted (RFC 9788). */
  protectHeaders: boolean;
  /** The first one that fits and says something of it counts. */
  rules: ProtectionRule[];
}

export const MOST_PROTECTION_RULES = 200;

export const DEFAULT_PROTECTION_POLICY = {
  sign: 'NEVER',
  encrypt: 'NEVER',
  form: 'smime',
  cipher: 'AUTO',
  leastTrust: 'SEEN',
  lookUp: true,
  encryptToSelf: true,
  protectHeaders: false,
  rules: [],
} satisfies ProtectionPolicy;

/** Everything that is wrong with a policy, by field; empty where nothing is. */
export function protectionPolicyProblems({ rules }: Pick<ProtectionPolicy, 'rules'>): Problem[] {
  if (rules.length > MOST_PROTECTION_RULES) {
    return [{ field: 'rules', problem: `must be at most ${MOST_PROTECTION_RULES}` }];
  }
  return rules.flatMap((rule, at) => {
    const problems = (['from', 'to'] as const)
      .filter((name) => rule[name] !== null && !isDomainName(rule[name].replace(/^\*\./, '')))
      .map((name) => ({
        field: `rules[${at}].${name}`,
        problem: 'must be a domain: example.com, or *.example.com (with its subdomains)',
      }));
    const silent = rule.sign === null && rule.encrypt === null && rule.form === null;
    return silent
      ? [...problems, { field: `rules[${at}]`, problem: 'says nothing: give sign, encrypt or form' }]
      : problems;
  });
}

/** What one sending asks for itself. */
export interface SendingChoice {
  sign?: ProtectionChoice;
  encrypt?: ProtectionChoice;
}

export interface Asked {
  sign: ProtectionChoice;
  encrypt: ProtectionChoice;
  form: ProtectionKind;
}

/** What is asked for a recipient. A sending may ask for more or for less, but what the organization requires stays. */
export function askedFor(policy: ProtectionPolicy, choice: SendingChoice, from: string, to: string): Asked {
  const fitting = policy.rules.filter((rule) => fits(rule.from, domainOf(from)) && fits(rule.to, domainOf(to)));
  const stated = <Name extends 'sign' | 'encrypt' | 'form'>(name: Name): Asked[Name] =>
    (fitting.find((rule) => rule[name] !== null)?.[name] ?? policy[name]) as Asked[Name];
  return {
    sign: stricter(stated('sign'), choice.sign),
    encrypt: stricter(stated('encrypt'), choice.encrypt),
    form: stated('form'),
  };
}

function stricter(policy: ProtectionChoice, choice: ProtectionChoice | undefined): ProtectionChoice {
  return policy === 'REQUIRE' ? policy : (choice ?? policy);
}

/** @param pattern `example.org`, `*.example.org` (with what is below it); null fits all */
function fits(pattern: string | null, domain: string): boolean {
  if (pattern === null) return true;
  if (!pattern.startsWith('*.')) return domain === pattern;
  return domain === pattern.slice(2) || domain.endsWith(pattern.slice(1));
}

export const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Keys of one of the two kinds, by what is known of them without reading them. */
export interface KnownKey {
  id: string;
  kind: ProtectionKind;
  fingerprint: string;
  /** Lower case. */
  addresses: readonly string[];
  /** ISO 8601; null where open. */
  validFrom: string | null;
  validTo: string | null;
  trust: KeyTrust;
  /** When mail or a directory brought it last; left out for what a person added. */
  seenAt?: string;
}

/** A key of the organization's own with its private part. */
export interface SigningKey extends Omit<KnownKey, 'trust'> {
  /** False where its private part cannot be unsealed here. */
  readable: boolean;
}

/** Which keys could be taken, and why the others cannot. */
export interface KeyChoice<Key> {
  key: Key | null;
  /** Why there is none, in one sentence. */
  reason: string;
}

/** The key that an address is written to: the most trusted, of these the newest. */
export function keyFor(
  address: string,
  kind: ProtectionKind,
  keys: readonly KnownKey[],
  leastTrust: KeyTrust,
  now: Date,
): KeyChoice<KnownKey> {
  const theirs = keys.filter((key) => key.kind === kind && key.addresses.includes(address.toLowerCase()));
  const trusted = theirs.filter(({ trust }) => isTrustedAtLeast(trust, leastTrust));
  const inForce = trusted.filter((key) => isInForce(key, now));
  const [best] = inForce.toSorted(
    (a, b) =>
      KEY_TRUSTS.indexOf(b.trust) - KEY_TRUSTS.indexOf(a.trust) ||
      (b.validFrom ?? '').localeCompare(a.validFrom ?? '') ||
      a.fingerprint.localeCompare(b.fingerprint),
  );
  if (best !== undefined) return { key: best, reason: '' };
  if (trusted.length > 0) return { key: null, reason: `the ${NAMES[kind]} of ${address} ${notInForce(trusted, now)}` };
  if (theirs.length > 0) return { key: null, reason: `the ${NAMES[kind]} of ${address} is not trusted enough` };
  return { key: null, reason: `no ${NAMES[kind]} is known of ${address}` };
}

/** The key that an author signs with: the newest. */
export function signingKeyFor(
  author: string,
  kind: ProtectionKind,
  keys: readonly SigningKey[],
  now: Date,
): KeyChoice<SigningKey> {
  const own = keys.filter((key) => key.kind === kind && key.addresses.includes(author.toLowerCase()));
  const inForce = own.filter((key) => isInForce(key, now));
  const [best] = inForce
    .filter(({ readable }) => readable)
    .toSorted((a, b) => (b.validFrom ?? '').localeCompare(a.validFrom ?? '') || a.id.localeCompare(b.id));
  if (best !== undefined) return { key: best, reason: '' };
  const name = `private ${NAMES[kind]}`;
  if (inForce.length > 0) {
    return {
      key: null,
      reason: `the ${name} of ${author} cannot be unsealed: set the EVERPOST_SECRET_KEY it was sealed with`,
    };
  }
  if (own.length > 0) return { key: null, reason: `the ${name} of ${author} ${notInForce(own, now)}` };
  return { key: null, reason: `the organization has no ${name} of ${author}` };
}

const NAMES = { smime: 'S/MIME certificate', openpgp: 'OpenPGP key' } as const;

function isInForce({ validFrom, validTo }: Pick<KnownKey, 'validFrom' | 'validTo'>, now: Date): boolean {
  return (validFrom === null || new Date(validFrom) <= now) && (validTo === null || new Date(validTo) > now);
}

function notInForce(keys: readonly Pick<KnownKey, 'validFrom' | 'validTo'>[], now: Date): string {
  const ends = keys.map(({ validTo }) => (validTo === null ? Number.NaN : new Date(validTo).getTime()));
  const last = Math.max(...ends.filter((end) => end <= now.getTime()));
  return Number.isFinite(last) ? `expired on ${new Date(last).toISOString().slice(0, 10)}` : 'is not in force yet';
}
