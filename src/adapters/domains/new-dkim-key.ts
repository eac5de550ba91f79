import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { DKIM_ALGORITHMS, newSelectors, type DkimAlgorithm, type DkimKeyFacts } from '../../domain/domains/dkim-key.js';
import { sealSecret } from '../secrets/sealed-secret.js';

/** RFC 8301 3.2 asks for 2,048 bits; longer ones do not fit one string of a record. */
const RSA_BITS = 2_048;
/** An Ed25519 SubjectPublicKeyInfo ends with the 32 bytes that RFC 8463 4 publishes. */
const ED25519_BYTES = 32;

export interface NewDkimKey extends Omit<DkimKeyFacts, 'status'> {
  /** The private half: PKCS #8 in PEM, sealed. */
  sealed: Buffer;
}

/** What the private half of a key is sealed for. */
export const dkimSecret = (organizationId: string, domain: string, selector: string) =>
  `dkimKey ${organizationId} ${domain} ${selector}`;

/**
 * A key of each algorithm for a domain; the private halves leave this sealed.
 *
 * @param taken selectors that the domain has or had
 */
export async function newDkimKeys(
  secretKey: Buffer,
  domain: { organizationId: string; name: string },
  taken: readonly string[],
  now: Date,
): Promise<NewDkimKey[]> {
  const selectors = newSelectors(now, taken);
  return Promise.all(
    DKIM_ALGORITHMS.map(async (algorithm) => {
      const { privateKey, publicKey } = await generate(algorithm);
      const selector = selectors[algorithm];
      const sealed = sealSecret(secretKey, privateKey, dkimSecret(domain.organizationId, domain.name, selector));
      return { selector, algorithm, sealed, publicKey };
    }),
  );
}

async function generate(algorithm: DkimAlgorithm): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = await (algorithm === 'rsa-sha256'
    ? promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
    : promisify(generateKeyPair)('ed25519'));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: (algorithm === 'rsa-sha256' ? spki : spki.subarray(-ED25519_BYTES)).toString('base64'),
  };
}
