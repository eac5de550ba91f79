import { X509Certificate } from 'node:crypto';
import * as openpgp from 'openpgp';
import { userIdAddresses } from '../../domain/certificate-addresses.js';
import { MailKeyRefused } from '../../domain/mail-key.js';
import type { RecipientKeyFacts } from '../../domain/recipient-key.js';
import { certificateUses } from './certificate-uses.js';
import { keyAddress } from './key-address.js';
import { readPem } from './read-certificate.js';

const MAX_CHARACTERS = 256 * 1024;
const LEAST_RSA_BITS = 2_048;

/**
 * Reads a key that mail is to be encrypted to: a certificate in PEM, or an armored OpenPGP public key.
 *
 * @throws MailKeyRefused for what is none, has expired, or cannot be encrypted to
 */
export async function readRecipientKey(key: string, now: Date): Promise<RecipientKeyFacts> {
  if (key.length > MAX_CHARACTERS) throw new MailKeyRefused('key', `must be at most ${MAX_CHARACTERS} characters`);
  if (/PRIVATE KEY/.test(key)) {
    throw new MailKeyRefused(
      'key',
      'holds a private key, which only its owner should have: give the public part alone',
    );
  }
  if (key.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) {
    const read = await openpgp.readKey({ armoredKey: key }).catch(() => {
      throw new MailKeyRefused('key', 'must be one armored OpenPGP key');
    });
    return openPgpFacts(read, now);
  }
  if (key.includes('-----BEGIN CERTIFICATE-----')) return certificateFacts(key, now);
  throw new MailKeyRefused('key', 'must be a certificate in PEM, or an armored OpenPGP public key');
}

/** @throws MailKeyRefused */
export function certificateFacts(pem: string, now: Date): RecipientKeyFacts {
  const facts = readPem(pem, null);
  if (facts.authority) throw new MailKeyRefused('key', 'is the certificate of an authority: add it by addMailKey');
  const x509 = new X509Certificate(facts.publicPart);
  if (x509.validToDate <= now) throw new MailKeyRefused('key', `expired on ${day(x509.validToDate)}`);
  const { asymmetricKeyType, asymmetricKeyDetails } = x509.publicKey;
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) {
    throw new MailKeyRefused('key', `has an RSA key of less than ${LEAST_RSA_BITS} bits`);
  }
  const curve = asymmetricKeyDetails?.namedCurve ?? '';
  if (asymmetricKeyType !== 'rsa' && !['prime256v1', 'secp384r1', 'secp521r1'].includes(curve)) {
    throw new MailKeyRefused('key', 'must have an RSA key, or one on the curves P-256, P-384 or P-521');
  }
  const uses = certificateUses(x509);
  if (!uses.encryptsMail) throw new MailKeyRefused('key', 'is a certificate that is not made for encrypting mail');
  return {
    kind: 'smime',
    fingerprint: facts.fingerprint,
    addresses: [...new Set(facts.addresses.map(keyAddress))],
    subject: facts.subject,
    issuer: facts.issuer,
    algorithm: facts.algorithm,
    validFrom: facts.validFrom,
    validTo: facts.validTo,
    readsGcm: uses.readsGcm,
    publicPart: facts.publicPart,
  };
}

/** @throws MailKeyRefused */
export async function openPgpFacts(key: openpgp.Key, now: Date): Promise<RecipientKeyFacts> {
  const ends = await key.getExpirationTime().catch(() => null);
  if (ends instanceof Date && ends <= now) throw new MailKeyRefused('key', `expired on ${day(ends)}`);
  if (await key.isRevoked(undefined, undefined, now).catch(() => false)) {
    throw new MailKeyRefused('key', 'was revoked by its owner');
  }
  const encrypting = await key.getEncryptionKey(undefined, now).catch(() => {
    throw new MailKeyRefused('key', 'has no part in force that can be encrypted to: ask its owner for a renewed one');
  });
  const partEnds = await encrypting.getExpirationTime().catch(() => null);
  const limits = [ends, partEnds].filter((end) => end instanceof Date).map((end) => end.getTime());
  const { algorithm, bits, curve } = encrypting.getAlgorithmInfo();
  const primary = await key.getPrimaryUser(now).catch(() => null);
  return {
    kind: 'openpgp',
    fingerprint: key.getFingerprint().toLowerCase(),
    addresses: [...new Set(userIdAddresses(key.getUserIDs()).map(keyAddress))],
    subject: (primary?.user.userID?.userID ?? key.getUserIDs()[0] ?? '').slice(0, 500),
    issuer: null,
    algorithm: [algorithm, bits ?? curve].filter((part) => part !== undefined).join(' '),
    validFrom: key.getCreationTime().toISOString(),
    validTo: limits.length === 0 ? null : new Date(Math.min(...limits)).toISOString(),
    readsGcm: false,
    publicPart: key.toPublic().armor(),
  };
}

const day = (date: Date) => date.toISOString().slice(0, 10);

/** A key that mail brought; null where it cannot be used: whoever wrote the mail chose it, and nobody is told. */
export async function readHarvested(publicPart: string, receivedAt: Date): Promise<RecipientKeyFacts | null> {
  try {
    return await readRecipientKey(publicPart, receivedAt);
  } catch {
    return null;
  }
}
