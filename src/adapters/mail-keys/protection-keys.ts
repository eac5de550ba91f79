import { X509Certificate } from 'node:crypto';
import * as openpgp from 'openpgp';
import type { ProtectionKeys, SealingKey } from '../../domain/outgoing/protection-keys.js';
import type { KnownKey, SigningKey } from '../../domain/outgoing/protection-policy.js';
import type { ProtectionKind } from '../../domain/protection.js';
import type { KeyTrust } from '../../domain/recipient-key.js';
import type { Sql } from '../database/database.js';
import { certificateUses } from './certificate-uses.js';
import { keyAddress } from './key-address.js';
import { secretOf, unsealed } from './mail-keys.js';
import { readProtectionPolicy } from './protection-policies.js';

interface OwnRow extends Record<string, unknown> {
  id: string;
  kind: ProtectionKind;
  fingerprint: string;
  addresses: string[];
  validFrom: string | null;
  validTo: string | null;
  publicPart: string;
  sealed: Buffer | null;
  chain: string | null;
}

interface TheirRow extends Record<string, unknown> {
  id: string;
  kind: ProtectionKind;
  fingerprint: string;
  address: string;
  trust: KeyTrust;
  validFrom: string | null;
  validTo: string | null;
  publicPart: string;
  readsGcm: boolean;
  seenAt: string;
}

/**
 * The policy and the keys for one message: the author's own, and of the recipients those that are stored for them or
 * were added by a person (`addMailKey`). What the organization has revoked is not among them. Addresses come back in the
 * spelling that they were asked in, in small letters.
 *
 * @param secretKey null where none is set: then nothing can be signed
 */
export async function readProtectionKeys(
  sql: Sql,
  secretKey: Buffer | null,
  organizationId: string,
  addresses: readonly string[],
  now: Date,
): Promise<ProtectionKeys> {
  const spelled = Map.groupBy(new Set(addresses.map((address) => address.toLowerCase())), keyAddress);
  const asked = [...spelled.keys()];
  const [policy, own, theirs] = await Promise.all([
    readProtectionPolicy(sql),
    sql<OwnRow>(
      `select id, kind, fingerprint, addresses, valid_from as "validFrom", valid_to as "validTo",
         public_part as "publicPart", private_part as sealed, chain
       from mail_keys where revoked_at is null and not authority and addresses && $1::text[]`,
      [[...new Set([...asked, ...[...spelled.values()].flat()])]],
    ),
    sql<TheirRow>(
      `select id, kind, fingerprint, address, trust, valid_from as "validFrom", valid_to as "validTo",
         public_part as "publicPart", reads_gcm as "readsGcm", last_seen_at as "seenAt"
       from recipient_keys r where address = any($1::text[]) and removed_at is null
         and not exists (select from mail_keys m where m.kind = r.kind and m.fingerprint = r.fingerprint
           and m.revoked_at is not null)`,
      [asked],
    ),
  ]);
  const asSpelled = (of: readonly string[]) => of.flatMap((address) => spelled.get(keyAddress(address)) ?? []);
  const material = new Map<string, SealingKey>();
  const signingKeys: SigningKey[] = [];
  const keys: KnownKey[] = [];
  for (const { sealed, publicPart, chain, ...row } of own) {
    const key = { ...row, addresses: asSpelled(row.addresses) };
    const privatePart = unsealed(secretKey, sealed, secretOf(organizationId, row.kind, row.fingerprint));
    // What we open ourselves, we open by AES-GCM too.
    material.set(row.id, { publicPart, privatePart, chain: certificatesIn(chain), readsGcm: sealed !== null });
    const uses = await usesOf(row.kind, publicPart, row.validTo, now);
    if (uses.encrypts) keys.push({ ...key, trust: 'VERIFIED' });
    if (sealed !== null && uses.signs) signingKeys.push({ ...key, readable: privatePart !== null });
  }
  for (const { address, publicPart, readsGcm, ...row } of theirs) {
    material.set(row.id, { publicPart, privatePart: null, chain: [], readsGcm });
    keys.push({ ...row, addresses: asSpelled([address]) });
  }
  return { policy, signingKeys, keys, material };
}

/** A key that was added to verify its owner may be one that signs alone. */
async function usesOf(
  kind: ProtectionKind,
  publicPart: string,
  validTo: string | null,
  now: Date,
): Promise<{ signs: boolean; encrypts: boolean }> {
  // One that has expired is told as such.
  if (validTo !== null && new Date(validTo) <= now) return { signs: true, encrypts: true };
  if (kind === 'smime') {
    const { signsMail, encryptsMail } = certificateUses(new X509Certificate(publicPart));
    return { signs: signsMail, encrypts: encryptsMail };
  }
  const key = await openpgp.readKey({ armoredKey: publicPart });
  const can = (part: Promise<unknown>) =>
    part.then(
      () => true,
      () => false, // the library tells by an error alone that there is no such part
    );
  return {
    signs: await can(key.getSigningKey(undefined, now)),
    encrypts: await can(key.getEncryptionKey(undefined, now)),
  };
}

function certificatesIn(chain: string | null): string[] {
  return chain?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}
