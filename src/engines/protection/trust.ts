import type { X509Certificate } from 'node:crypto';
import { CertificateChainValidationEngine, type Certificate, type FindIssuerCallback } from 'pkijs';
import type { MailKeyMaterial, SignatureStatus } from '../../domain/protection.js';
import { certificateOf } from './own-certificate.js';
import { octetsOf, readAsn1 } from './asn1.js';

const KEY_USAGE = '2.5.29.15';
/** digitalSignature and nonRepudiation, the two first bits (RFC 5280 4.2.1.3). */
const MAY_SIGN = 0xc0;
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
const ANY_PURPOSE = '2.5.29.37.0';
/** RFC 8551 4.2: what is shorter cannot be relied upon. */
const LEAST_RSA_BITS = 1_024;

/** Of issuers, for one signature; a chain of the public PKI has three. */
const MAX_LOOKUPS = 30;

export interface Trust {
  status: Extract<SignatureStatus, 'valid' | 'expired' | 'untrusted'>;
  reason: string | null;
  /** Nothing speaks against it but that its authority is not known. */
  unknownAuthority: boolean;
}

/** Hexadecimal SHA-256 of a certificate. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/**
 * What a certificate is worth at a date: pinned by the organization, or chained (RFC 5280 6) to an authority that it
 * trusts. Nothing is fetched: revocation is what the organization itself has revoked.
 *
 * @param beside certificates that came with the message
 */
export async function trustIn(
  leaf: { certificate: Certificate; x509: X509Certificate },
  beside: readonly Certificate[],
  keys: readonly MailKeyMaterial[],
  date: Date,
): Promise<Trust> {
  const { certificate, x509 } = leaf;
  const fingerprint = fingerprintOf(x509);
  const known = keys.find((key) => key.kind === 'smime' && key.fingerprint === fingerprint);
  if (known?.revoked) return untrusted('the organization has revoked this certificate');
  if (date < x509.validFromDate || date > x509.validToDate) {
    return {
      status: 'expired',
      unknownAuthority: false,
      reason: `the certificate was in force from ${dayOf(x509.validFromDate)} to ${dayOf(x509.validToDate)}`,
    };
  }
  if (!maySignMail(certificate, x509)) return untrusted('the certificate is not made for signing mail');
  if ((x509.publicKey.asymmetricKeyDetails?.modulusLength ?? LEAST_RSA_BITS) < LEAST_RSA_BITS) {
    return untrusted(`its RSA key has less than ${LEAST_RSA_BITS} bits`);
  }
  if (known !== undefined && !known.authority) return VALID;
  const anchors = keys.filter((key) => key.kind === 'smime' && key.authority && !key.revoked);
  if (anchors.length === 0)
    return { ...untrusted('the organization trusts no certificate authority'), unknownAuthority: true };
  return chainTo(anchors, certificate, beside, date);
}

async function chainTo(
  anchors: readonly MailKeyMaterial[],
  certificate: Certificate,
  beside: readonly Certificate[],
  checkDate: Date,
): Promise<Trust> {
  const engine = new CertificateChainValidationEngine({
    trustedCerts: anchors.map(({ publicPart }) => certificateOf(publicPart)),
    // The engine takes the last one for the one to be checked.
    certs: [...beside.filter((other) => other !== certificate), certificate],
    checkDate,
    findIssuer: boundedLookups(),
  });
  const { result } = await engine.verify().catch(() => ({ result: false }));
  if (result) return VALID;
  return {
    ...untrusted('the certificate does not chain to an authority that the organization trusts'),
    unknownAuthority: true,
  };
}

/** Certificates that issue each other would keep the engine searching for ever: whoever wrote the mail chose them. */
function boundedLookups(): FindIssuerCallback {
  let left = MAX_LOOKUPS;
  return async (certificate, engine, crypto) => {
    left -= 1;
    return left < 0 ? [] : engine.defaultFindIssuer(certificate, engine, crypto);
  };
}

function maySignMail(certificate: Certificate, x509: X509Certificate): boolean {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === KEY_USAGE);
  if (usage !== undefined && ((octetsOf(readAsn1(octetsOf(usage.extnValue)))[0] ?? 0) & MAY_SIGN) === 0) return false;
  // Node's types name it wrongly optional-less: absent where the certificate has no such extension.
  const purposes = x509.keyUsage as string[] | undefined;
  return purposes === undefined || purposes.includes(EMAIL_PROTECTION) || purposes.includes(ANY_PURPOSE);
}

const VALID: Trust = { status: 'valid', reason: null, unknownAuthority: false };
const untrusted = (reason: string): Trust => ({ status: 'untrusted', reason, unknownAuthority: false });
const dayOf = (date: Date) => date.toISOString().slice(0, 10);
