import { setImmediate } from 'node:timers/promises';
import {
  planProtection,
  type PlannedRecipient,
  type ProtectionPlan,
  type Unprotected,
} from '../domain/outgoing/plan-protection.js';
import type { ProtectionKeys } from '../domain/outgoing/protection-keys.js';
import { askedFor, keyFor, type SendingChoice } from '../domain/outgoing/protection-policy.js';
import type { ProtectionKind } from '../domain/protection.js';
import { CannotSeal } from '../engines/sealing/cannot-seal.js';
import { sealMessage } from '../engines/sealing/seal-message.js';

export interface OutgoingToProtect {
  /** Address of the author (From). */
  author: string;
  recipients: readonly PlannedRecipient[];
  choice: SendingChoice;
  now: Date;
}

/** Bytes of the message that some of its recipients get. */
export interface ProtectedVariant {
  recipients: string[];
  /** Null: they get it as it was. */
  form: ProtectionKind | null;
  signed: boolean;
  encrypted: boolean;
  bytes: Buffer;
}

export type Protecting =
  /** Nothing was asked for, or nothing of it can be had: it leaves as it is. */
  | { result: 'unchanged'; without: Unprotected[] }
  | { result: 'hold'; reason: string; without: Unprotected[] }
  /** One after the other: a copy for each recipient in Bcc lies in memory only until the next is made. */
  | { result: 'protected'; without: Unprotected[]; variants: () => AsyncGenerator<ProtectedVariant> };

/** A key that only a directory vouches for is asked for again: its owner may have revoked it. */
const DIRECTORY_HOLDS_MS = 24 * 3_600_000;

/** Those whose key directory is worth asking: encryption is wanted, and no key is known, or one that it gave long ago. */
export function addressesWorthAsking(
  { author, recipients, choice, now }: OutgoingToProtect,
  { policy, keys }: ProtectionKeys,
): string[] {
  if (!policy.lookUp || policy.leastTrust === 'VERIFIED') return [];
  return recipients
    .map(({ address }) => address)
    .filter((address) => {
      if (askedFor(policy, choice, author, address).encrypt === 'NEVER') return false;
      return (['smime', 'openpgp'] as const).every((kind) => {
        const { key } = keyFor(address, kind, keys, policy.leastTrust, now);
        if (key === null) return true;
        const age = key.seenAt === undefined ? 0 : now.getTime() - Date.parse(key.seenAt);
        return key.trust === 'DOMAIN' && age > DIRECTORY_HOLDS_MS;
      });
    });
}

/** What is done with a message: see planProtection. @param keys of the author and the recipients */
export function protectOutgoing(bytes: Buffer, message: OutgoingToProtect, keys: ProtectionKeys): Protecting {
  const plan = planProtection({ ...message, ...keys });
  if (plan.result === 'hold') return plan;
  if (plan.groups.every(({ form }) => form === null)) return { result: 'unchanged', without: plan.without };
  return { result: 'protected', without: plan.without, variants: () => variantsOf(bytes, plan, keys, message.now) };
}

/** @throws CannotSeal where a key turns out to be of no use: the message is to be held, never sent in the clear */
async function* variantsOf(
  bytes: Buffer,
  { groups }: Extract<ProtectionPlan, { result: 'send' }>,
  { policy, material }: ProtectionKeys,
  now: Date,
): AsyncGenerator<ProtectedVariant> {
  for (const { recipients, form, signWith, encryptTo, ownKey } of groups) {
    // A large one takes seconds: between two copies the worker attends to its other work.
    await setImmediate();
    const keysTo = [...new Set([...encryptTo, ...(ownKey === null ? [] : [ownKey])])].map((id) => keyOf(material, id));
    const own = signWith === null ? null : keyOf(material, signWith);
    if (own !== null && own.privatePart === null) throw new CannotSeal("the author's private key cannot be read");
    const order = { form: form ?? 'smime', recipients: keysTo, now, cipher: policy.cipher };
    const signer = own === null ? null : { ...own, privatePart: own.privatePart ?? '' };
    yield {
      recipients,
      form,
      signed: signer !== null,
      encrypted: keysTo.length > 0,
      bytes: await sealMessage(bytes, { ...order, signer, protectHeaders: policy.protectHeaders }),
    };
  }
}

function keyOf(material: ProtectionKeys['material'], id: string) {
  const key = material.get(id);
  if (key === undefined) throw new Error(`the plan names a key that was not read: ${id}`);
  return key;
}
