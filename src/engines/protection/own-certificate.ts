import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Certificate } from 'pkijs';
import type { MailKeyMaterial } from '../../domain/protection.js';
import { readAsn1, octetsOf, arrayBufferOf } from './asn1.js';

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';

/** A certificate of the organization with its private key. */
export interface OwnCertificate {
  certificate: Certificate;
  /** Subject key identifier (RFC 5280 4.2.1.2); null where the certificate states none. */
  keyIdentifier: Buffer | null;
  privateKey: KeyObject;
}

/** Those of the organization's keys that open S/MIME. */
export function ownCertificates(keys: readonly MailKeyMaterial[]): OwnCertificate[] {
  return keys.flatMap(({ kind, publicPart, privatePart, revoked }) => {
    if (kind !== 'smime' || privatePart === null || revoked) return [];
    const certificate = certificateOf(publicPart);
    return [{ certificate, keyIdentifier: keyIdentifierOf(certificate), privateKey: createPrivateKey(privatePart) }];
  });
}

/** @param pem one certificate */
export function certificateOf(pem: string): Certificate {
  return Certificate.fromBER(arrayBufferOf(new X509Certificate(pem).raw));
}

function keyIdentifierOf(certificate: Certificate): Buffer | null {
  const extension = certificate.extensions?.find(({ extnID }) => extnID === SUBJECT_KEY_IDENTIFIER);
  return extension === undefined ? null : octetsOf(readAsn1(octetsOf(extension.extnValue)));
}
