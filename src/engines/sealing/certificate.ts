import { X509Certificate, type KeyObject } from 'node:crypto';
import { childrenOf, isContext, readAsn1 } from '../protection/asn1.js';
import { CannotSeal } from './cannot-seal.js';
import { sequence, type Der } from './der.js';

/** What CMS names a certificate by, and whom it belongs to. */
export interface SealingCertificate {
  /** DER. */
  raw: Buffer;
  /** IssuerAndSerialNumber (RFC 5652 10.2.4), byte by byte as the certificate has them. */
  issuerAndSerial: Der;
  publicKey: KeyObject;
}

/** @throws CannotSeal where it is no certificate */
export function sealingCertificate(pem: string): SealingCertificate {
  try {
    const x509 = new X509Certificate(pem);
    const [tbs] = childrenOf(readAsn1(x509.raw));
    const fields = childrenOf(tbs);
    const [serial, , issuer] = isContext(fields[0], 0) ? fields.slice(1) : fields;
    if (serial === undefined || issuer === undefined) throw new Error('it has no issuer');
    return {
      raw: x509.raw,
      issuerAndSerial: sequence([encoded(issuer)], [encoded(serial)]),
      publicKey: x509.publicKey,
    };
  } catch {
    throw new CannotSeal('a certificate cannot be read');
  }
}

/** As it was transmitted: a name that is encoded anew may not be equal to the one that the reader's program has. */
function encoded(block: object): Buffer {
  const { valueBeforeDecodeView } = block as { valueBeforeDecodeView: Uint8Array };
  return Buffer.from(valueBeforeDecodeView);
}
