import { createPrivateKey, randomBytes } from 'node:crypto';
import { newDkimKeys, dkimSecret } from '../../src/adapters/domains/new-dkim-key.js';
import { openSecret } from '../../src/adapters/secrets/sealed-secret.js';
import { dkimRecordName, dkimRecordText } from '../../src/domain/domains/dkim-key.js';
import type { DkimSigningKey } from '../../src/engines/signing/dkim.js';

/** Keys as the product makes them, opened, and the records that it would have published. */
export async function madeKeys(domain: string): Promise<{ keys: DkimSigningKey[]; zone: Record<string, string> }> {
  const secretKey = randomBytes(32);
  const owner = { organizationId: '0198c2a0-0000-7000-8000-000000000001', name: domain };
  const made = await newDkimKeys(secretKey, owner, [], new Date('2026-11-20T10:00:00Z'));
  return {
    keys: made.map(({ selector, algorithm, sealed }) => ({
      selector,
      algorithm,
      privateKey: createPrivateKey(openSecret(secretKey, sealed, dkimSecret(owner.organizationId, domain, selector))),
    })),
    zone: Object.fromEntries(made.map((key) => [dkimRecordName(key.selector, domain), dkimRecordText(key)])),
  };
}
