import type { ProtectionKind } from '../protection.js';
import {
  askedFor,
  keyFor,
  signingKeyFor,
  type Asked,
  type KnownKey,
  type ProtectionPolicy,
  type SendingChoice,
  type SigningKey,
} from './protection-policy.js';

export interface PlannedRecipient {
  address: string;
  role: 'to' | 'cc' | 'bcc';
}

/** Recipients who get the same bytes. */
export interface ProtectionGroup {
  recipients: string[];
  /** Null: they get it as it is. */
  form: ProtectionKind | null;
  /** Id of the author's key that signs. */
  signWith: string | null;
  /** Ids of the keys that it is encrypted to, one of each recipient; empty: not encrypted. */
  encryptTo: string[];
  /** The author's own key, which opens it as well. */
  ownKey: string | null;
}

/** What was asked for and cannot be had. */
export interface Unprotected {
  /** Null where it is about the author's key. */
  recipient: string | null;
  reason: string;
}

export type ProtectionPlan =
  | { result: 'send'; groups: ProtectionGroup[]; without: Unprotected[] }
  /** Something is required that cannot be had: nothing leaves in the clear. */
  | { result: 'hold'; reason: string; without: Unprotected[] };

export interface ProtectionQuestion {
  policy: ProtectionPolicy;
  choice: SendingChoice;
  /** Address of the author (From). */
  author: string;
  recipients: readonly PlannedRecipient[];
  /** The organization's own, with private parts. */
  signingKeys: readonly SigningKey[];
  /** The recipients'. */
  keys: readonly KnownKey[];
  now: Date;
}

/**
 * Who gets the message signed and encrypted with what.
 *
 * Each recipient is looked at by itself: where a form serves all that is asked for it, that one is taken, the policy's
 * first. A recipient in Bcc who is written to encrypted gets bytes of his own: the keys that a message is encrypted to
 * stand in it, and would tell the others of him.
 */
export function planProtection(question: ProtectionQuestion): ProtectionPlan {
  const groups = new Map<string, GroupInHand>();
  const without = new Map<string, Unprotected>();
  const missing = new Set<string>();
  const known = byAddress(question.keys);
  for (const recipient of question.recipients) {
    const asked = askedFor(question.policy, question.choice, question.author, recipient.address);
    const taken = bestForm(asked, recipient.address, question, known);
    for (const { of, reason } of taken.lacks) {
      without.set(reason, { recipient: of === 'encrypt' ? recipient.address : null, reason });
      if (asked[of] === 'REQUIRE') missing.add(reason);
    }
    addTo(groups, recipient, taken, question);
  }
  if (missing.size > 0) return { result: 'hold', reason: holdReason([...missing]), without: [...without.values()] };
  const all = [...groups.values()].map((group) => ({ ...group, encryptTo: [...group.encryptTo] }));
  return { result: 'send', groups: all, without: [...without.values()] };
}

interface GroupInHand extends Omit<ProtectionGroup, 'encryptTo'> {
  encryptTo: Set<string>;
}

type KeysByAddress = ReadonlyMap<string, readonly KnownKey[]>;

function byAddress(keys: readonly KnownKey[]): KeysByAddress {
  const known = new Map<string, KnownKey[]>();
  for (const key of keys) {
    for (const address of key.addresses) {
      const theirs = known.get(address);
      if (theirs === undefined) known.set(address, [key]);
      else theirs.push(key);
    }
  }
  return known;
}

interface Taken {
  form: ProtectionKind;
  sign: SigningKey | null;
  encrypt: KnownKey | null;
  lacks: { of: 'sign' | 'encrypt'; reason: string }[];
}

function bestForm(asked: Asked, recipient: string, question: ProtectionQuestion, known: KeysByAddress): Taken {
  const other: ProtectionKind = asked.form === 'smime' ? 'openpgp' : 'smime';
  const first = inForm(asked.form, asked, recipient, question, known);
  if (first.lacks.length === 0) return first;
  const second = inForm(other, asked, recipient, question, known);
  const better = worth(second, asked) > worth(first, asked);
  const taken = better ? second : first;
  // What neither form has is told of both: whoever reads it may have the other one's key.
  const reasons = (of: 'sign' | 'encrypt') =>
    [first, second].flatMap(({ lacks }) => lacks.filter((lack) => lack.of === of).map(({ reason }) => reason));
  return { ...taken, lacks: taken.lacks.map(({ of }) => ({ of, reason: reasons(of).join('; ') })) };
}

function inForm(
  form: ProtectionKind,
  asked: Asked,
  recipient: string,
  { author, signingKeys, policy, now }: ProtectionQuestion,
  known: KeysByAddress,
): Taken {
  const theirs = known.get(recipient.toLowerCase()) ?? [];
  const lacks: Taken['lacks'] = [];
  const sign = asked.sign === 'NEVER' ? null : signingKeyFor(author, form, signingKeys, now);
  if (sign !== null && sign.key === null) lacks.push({ of: 'sign', reason: sign.reason });
  const encrypt = asked.encrypt === 'NEVER' ? null : keyFor(recipient, form, theirs, policy.leastTrust, now);
  if (encrypt !== null && encrypt.key === null) lacks.push({ of: 'encrypt', reason: encrypt.reason });
  return { form, sign: sign?.key ?? null, encrypt: encrypt?.key ?? null, lacks };
}

/** What is required weighs most, then that it is encrypted, then that it is signed. */
function worth({ sign, encrypt }: Taken, asked: Asked): number {
  return (
    (encrypt === null ? 0 : asked.encrypt === 'REQUIRE' ? 20 : 2) +
    (sign === null ? 0 : asked.sign === 'REQUIRE' ? 10 : 1)
  );
}

/** A copy is encrypted to so many keys: each makes it longer for all. */
const MOST_KEYS_A_COPY = 200;

function addTo(
  groups: Map<string, GroupInHand>,
  { address, role }: PlannedRecipient,
  { form, sign, encrypt }: Taken,
  question: ProtectionQuestion,
): void {
  const plain = sign === null && encrypt === null;
  const alone = role === 'bcc' && encrypt !== null ? address : '';
  const name = plain ? 'plain' : [form, sign?.id, encrypt !== null, alone].join(' ');
  const group = groups.get(name);
  if (group !== undefined && group.encryptTo.size < MOST_KEYS_A_COPY) {
    group.recipients.push(address);
    if (encrypt !== null) group.encryptTo.add(encrypt.id);
    return;
  }
  // A copy that is full makes way for the next one.
  if (group !== undefined) groups.set(`${name} ${groups.size}`, group);
  groups.set(name, {
    recipients: [address],
    form: plain ? null : form,
    signWith: sign?.id ?? null,
    encryptTo: new Set(encrypt === null ? [] : [encrypt.id]),
    ownKey: encrypt === null || !question.policy.encryptToSelf ? null : ownKeyFor(form, question),
  });
}

/** Only a key whose private part is here: somebody else's would open it elsewhere. */
function ownKeyFor(form: ProtectionKind, { author, keys, signingKeys, now }: ProtectionQuestion): string | null {
  const own = new Set(signingKeys.map(({ id }) => id));
  return (
    keyFor(
      author,
      form,
      keys.filter(({ id }) => own.has(id)),
      'SEEN',
      now,
    ).key?.id ?? null
  );
}

const MOST_REASONS = 5;

function holdReason(reasons: readonly string[]): string {
  const more = reasons.length - MOST_REASONS;
  return `protection is required: ${reasons.slice(0, MOST_REASONS).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
