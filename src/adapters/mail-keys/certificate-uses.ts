import type { X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';

const KEY_USAGE = '2.5.29.15';
const CAPABILITIES = '1.2.840.113549.1.9.15';
/** The object identifier of AES-256-GCM (2.16.840.1.101.3.4.1.46) in DER. */
const AES_256_GCM = Buffer.from('060960864801650304012e', 'hex');
/** RFC 5280 4.2.1.3, bits of the first byte. */
const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;
const KEY_ENCIPHERMENT = 0x20;
const KEY_AGREEMENT = 0x08;
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
const ANY_PURPOSE = '2.5.29.37.0';

/** What a certificate is made for, as it says itself; all of it where it says nothing. */
export interface CertificateUses {
  signsMail: boolean;
  encryptsMail: boolean;
  /** Whether it says that its owner's programs read AES-GCM (RFC 4262). */
  readsGcm: boolean;
}

export function certificateUses(x509: X509Certificate): CertificateUses {
  const certificate = Certificate.fromBER(new Uint8Array(x509.raw).buffer);
  const extension = (id: string) => {
    const found = certificate.extensions?.find(({ extnID }) => extnID === id);
    return found === undefined ? null : Buffer.from(found.extnValue.valueBlock.valueHexView);
  };
  // Node's types name it wrongly as always there: absent where the certificate has no such extension.
  const purposes = x509.keyUsage as string[] | undefined;
  const forMail = purposes?.some((purpose) => purpose === EMAIL_PROTECTION || purpose === ANY_PURPOSE) ?? true;
  // DER of a BIT STRING: tag, length, unused bits, bits.
  const usage = extension(KEY_USAGE)?.[3] ?? 0xff;
  const transport = x509.publicKey.asymmetricKeyType === 'rsa' ? KEY_ENCIPHERMENT : KEY_AGREEMENT;
  return {
    signsMail: forMail && (usage & (DIGITAL_SIGNATURE | NON_REPUDIATION)) !== 0,
    encryptsMail: forMail && (usage & transport) !== 0,
    readsGcm: extension(CAPABILITIES)?.includes(AES_256_GCM) ?? false,
  };
}
