import { createCipheriv, randomBytes } from 'node:crypto';
import { sealingCertificate } from './certificate.js';
import { context, implicit, integer, objectId, octets, sequence, setOf } from './der.js';
import { recipientInfo } from './smime-recipient-info.js';

const DATA = '1.2.840.113549.1.7.1';
const ENVELOPED_DATA = '1.2.840.113549.1.7.3';
const AUTH_ENVELOPED_DATA = '1.2.840.113549.1.9.16.1.23';
const AES_256_CBC = '2.16.840.1.101.3.4.1.42';
const AES_256_GCM = '2.16.840.1.101.3.4.1.46';
const GCM_TAG_BYTES = 16;

export interface Envelope {
  /** DER of the ContentInfo. */
  der: Buffer;
  /** The `smime-type` of RFC 8551 3.2.2. */
  smimeType: 'enveloped-data' | 'authEnveloped-data';
}

/**
 * Encrypts to certificates: enveloped-data (RFC 5652 6.1) by AES-256-CBC, or authEnveloped-data (RFC 5083, RFC 5084) by
 * AES-256-GCM.
 *
 * @param certificates PEM
 * @throws CannotSeal where one cannot be encrypted to
 */
export function envelope(content: Buffer, certificates: readonly string[], cipher: 'cbc' | 'gcm'): Envelope {
  const key = randomBytes(32);
  const recipients = certificates.map((pem) => recipientInfo(sealingCertificate(pem), key));
  const infos = setOf(...recipients.map(({ der }) => der));
  if (cipher === 'gcm') {
    const nonce = randomBytes(12);
    const aes = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: GCM_TAG_BYTES });
    const encrypted = [aes.update(content), aes.final()];
    const algorithm = sequence(objectId(AES_256_GCM), sequence(octets(nonce), integer(GCM_TAG_BYTES)));
    const sealed = sequence(objectId(DATA), algorithm, implicit(0, ...encrypted));
    const data = sequence(integer(0), infos, sealed, octets(aes.getAuthTag()));
    const der = Buffer.concat(sequence(objectId(AUTH_ENVELOPED_DATA), context(0, data)));
    return { der, smimeType: 'authEnveloped-data' };
  }
  const iv = randomBytes(16);
  const aes = createCipheriv('aes-256-cbc', key, iv);
  const encrypted = [aes.update(content), aes.final()];
  const sealed = sequence(objectId(DATA), sequence(objectId(AES_256_CBC), octets(iv)), implicit(0, ...encrypted));
  // RFC 5652 6.1: 2 where a recipient's key was agreed on.
  const version = recipients.some(({ agreed }) => agreed) ? 2 : 0;
  const der = Buffer.concat(sequence(objectId(ENVELOPED_DATA), context(0, sequence(integer(version), infos, sealed))));
  return { der, smimeType: 'enveloped-data' };
}
