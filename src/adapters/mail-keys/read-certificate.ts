import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { certificateAddresses } from '../../domain/certificate-addresses.js';
import { MailKeyRefused, type MailKeyFacts } from '../../domain/mail-key.js';
import { checkEncryptedKeyCost } from './password-cost.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )?(?:ENCRYPTED )?PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/;
const MAX_CERTIFICATES = 20;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Reads a certificate in PEM, with its private key where one is beside it. Of several certificates the one that the
 * private key belongs to is taken, else the first.
 *
 * @throws MailKeyRefused
 */
export function readPem(pem: string, passphrase: string | null): MailKeyFacts {
  const certificates = (pem.match(CERTIFICATE) ?? []).slice(0, MAX_CERTIFICATES).map(certificateOf);
  const written = PRIVATE_KEY.exec(pem)?.[0];
  return factsOf(certificates, written === undefined ? null : privateKeyOf(written, passphrase));
}

/** @throws MailKeyRefused */
export function factsOf(certificates: readonly X509Certificate[], privateKey: KeyObject | null): MailKeyFacts {
  const certificate =
    privateKey === null ? certificates[0] : certificates.find((candidate) => candidate.checkPrivateKey(privateKey));
  if (certificate === undefined) {
    throw new MailKeyRefused(
      'key',
      privateKey === null ? 'holds no certificate' : 'holds no certificate that its private key belongs to',
    );
  }
  if (privateKey !== null) checkUsable(privateKey);
  const addresses = certificateAddresses(certificate.subjectAltName, certificate.subject);
  if (addresses.length === 0 && !certificate.ca) {
    throw new MailKeyRefused('key', 'is a certificate that names no mail address');
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  return {
    kind: 'smime',
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    addresses,
    keyIds: [],
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    algorithm: [asymmetricKeyType, asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve]
      .filter((part) => part !== undefined)
      .join(' '),
    validFrom: certificate.validFromDate.toISOString(),
    validTo: certificate.validToDate.toISOString(),
    authority: certificate.ca && privateKey === null,
    publicPart: certificate.toString(),
    privatePart: privateKey?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? null,
    ...(privateKey === null ? {} : { chain: chainOf(certificate, certificates) }),
  };
}

/** Those that issued it, one after the other; who is its own issuer is left out: readers know it or do not trust it. */
function chainOf(leaf: X509Certificate, others: readonly X509Certificate[]): string[] {
  const chain: X509Certificate[] = [];
  for (let last = leaf; ;) {
    const issuer = others.find((other) => other !== leaf && !chain.includes(other) && last.checkIssued(other));
    if (issuer === undefined || issuer.checkIssued(issuer)) return chain.map(String);
    chain.push(issuer);
    last = issuer;
  }
}

function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new MailKeyRefused('key', 'holds a certificate that cannot be read');
  }
}

function privateKeyOf(pem: string, passphrase: string | null): KeyObject {
  const locked = pem.includes('ENCRYPTED');
  if (locked && passphrase === null) {
    throw new MailKeyRefused('passphrase', 'is needed: the private key is locked by one');
  }
  if (pem.startsWith('-----BEGIN ENCRYPTED')) {
    checkEncryptedKeyCost(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'));
  }
  try {
    // Never without one: OpenSSL would ask for it on the terminal.
    return createPrivateKey({ key: pem, format: 'pem', passphrase: passphrase ?? '' });
  } catch {
    throw locked
      ? new MailKeyRefused('passphrase', 'does not unlock the private key')
      : new MailKeyRefused('key', 'holds a private key that cannot be read');
  }
}

function checkUsable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): void {
  const curve = asymmetricKeyDetails?.namedCurve ?? '';
  if (asymmetricKeyType === 'rsa' || (asymmetricKeyType === 'ec' && CURVES.includes(curve))) return;
  throw new MailKeyRefused('key', 'must be an RSA key, or one on the curves P-256, P-384 or P-521');
}

const oneLine = (name: string) => name.split('\n').toReversed().join(', ').slice(0, 500);
