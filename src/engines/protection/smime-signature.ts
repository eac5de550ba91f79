import { X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import { Certificate, SignedData, SignedDataVerifyError, type SignerInfo } from 'pkijs';
import { certificateAddresses } from '../../domain/certificate-addresses.js';
import type { MailKeyMaterial, SignatureResult, SignatureStatus } from '../../domain/protection.js';
import { arrayBufferOf, childrenOf, derOf, octetsOf, type AsnBlock } from './asn1.js';
import { Closed } from './closed.js';
import { certificateOf } from './own-certificate.js';
import type { SignatureContext } from './signature-context.js';
import { fingerprintOf, trustIn } from './trust.js';

const MAX_SIGNERS = 10;
const MAX_CERTIFICATES = 20;
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const CAPABILITIES = '1.2.840.113549.1.9.15';
const AES_256_GCM = '2.16.840.1.101.3.4.1.46';
const SIGNER_CERTIFICATE_UNKNOWN = 3;

const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** Two texts with one digest can be made (RFC 6194, RFC 6151). */
const BROKEN = ['md5', 'sha1'];

/**
 * The content that opaque signed-data holds (RFC 5652 5.1); null where it only brings certificates (certs-only).
 *
 * @throws Closed where what was signed is not there
 */
export function signedContent(block: AsnBlock): Buffer | null {
  const { encapContentInfo, signerInfos } = new SignedData({ schema: block });
  if (encapContentInfo.eContent !== undefined) return octetsOf(encapContentInfo.eContent);
  if (signerInfos.length === 0) return null;
  throw new Closed('damaged', 'signed-data without content');
}

/**
 * Verifies each signature of signed-data.
 *
 * @param content what was signed, byte by byte; null for opaque signed-data
 */
export async function verifySignedData(
  block: AsnBlock,
  content: Buffer | null,
  context: SignatureContext,
): Promise<SignatureResult[]> {
  const signed = new SignedData({ schema: block });
  // Whether it is detached is said by the MIME type, not by what the signature brings along.
  if (content !== null) delete signed.encapContentInfo.eContent;
  const own = (signed.certificates ?? []).filter((one) => one instanceof Certificate).slice(0, MAX_CERTIFICATES);
  const beside = [...own, ...context.keys.flatMap(storedCertificate)];
  signed.certificates = beside;
  const results: SignatureResult[] = [];
  for (const [index, signer] of signed.signerInfos.slice(0, MAX_SIGNERS).entries()) {
    results.push(await verifySigner(signed, index, signer, content, beside, context));
  }
  return results;
}

async function verifySigner(
  signed: SignedData,
  index: number,
  signer: SignerInfo,
  content: Buffer | null,
  beside: readonly Certificate[],
  context: SignatureContext,
): Promise<SignatureResult> {
  const digest = DIGESTS[signer.digestAlgorithm.algorithmId] ?? null;
  const checked = await checkSigner(signed, index, content);
  const facts = factsOf(checked.certificate, digest, signer, context);
  const failed = (status: SignatureStatus, reason: string): SignatureResult => ({ ...facts.result, status, reason });
  if (checked.status !== 'verified') return failed(checked.status, checked.reason);
  if (facts.leaf === null) return failed('unknownKey', 'the certificate cannot be read');
  if (!statesContentType(signed, signer)) return failed('invalid', 'it signs content of another type');
  if (digest === null || BROKEN.includes(digest)) return failed('untrusted', `it signs by ${digest}, which is broken`);
  const { status, reason, unknownAuthority } = await trustIn(facts.leaf, beside, context.keys, context.date);
  if (status === 'valid' || unknownAuthority) {
    context.certificates?.set(fingerprintOf(facts.leaf.x509), {
      kind: 'smime',
      publicPart: facts.leaf.x509.toString(),
      by: status === 'valid' ? 'chained' : 'signed',
      readsGcm: readsGcm(signer),
    });
  }
  return { ...facts.result, status, reason };
}

/** RFC 8551 2.5.2: what ciphers its author reads. */
function readsGcm(signer: SignerInfo): boolean {
  const stated = attributeOf(signer, CAPABILITIES);
  return (
    stated instanceof asn1js.Sequence &&
    childrenOf(stated).some((one) => {
      const [cipher] = childrenOf(one);
      return cipher instanceof asn1js.ObjectIdentifier && cipher.getValue() === AES_256_GCM;
    })
  );
}

type Checked =
  | { status: 'verified'; certificate: Certificate }
  | { status: 'invalid' | 'unknownKey' | 'untrusted'; certificate: Certificate | null; reason: string };

/** The digest over the content and the signature over it; nothing of the certificate. */
async function checkSigner(signed: SignedData, signer: number, content: Buffer | null): Promise<Checked> {
  try {
    const data = content === null ? {} : { data: arrayBufferOf(content) };
    const { signatureVerified, signerCertificate } = await signed.verify({ signer, ...data, extendedMode: true });
    const certificate = signerCertificate ?? null;
    if (signatureVerified && certificate !== null) return { status: 'verified', certificate };
    return { status: 'invalid', certificate, reason: 'the signature does not fit the signed bytes' };
  } catch (error) {
    if (!(error instanceof SignedDataVerifyError)) throw error;
    const certificate = error.signerCertificate ?? null;
    if (error.code === SIGNER_CERTIFICATE_UNKNOWN) {
      return { status: 'unknownKey', certificate, reason: 'the certificate is neither in the message nor known' };
    }
    if (/unsupported|unknown|not supported|unrecognized/i.test(error.message)) {
      return { status: 'untrusted', certificate, reason: 'it was made by an algorithm that is not supported' };
    }
    return { status: 'invalid', certificate, reason: 'the signed bytes are not those that were signed' };
  }
}

function factsOf(
  certificate: Certificate | null,
  digest: string | null,
  signer: SignerInfo,
  { from }: SignatureContext,
): { result: SignatureResult; leaf: { certificate: Certificate; x509: X509Certificate } | null } {
  const x509 = certificate === null ? null : x509Of(certificate);
  const addresses = x509 === null ? [] : certificateAddresses(x509.subjectAltName, x509.subject);
  const keyType = x509?.publicKey.asymmetricKeyType ?? null;
  return {
    leaf: certificate === null || x509 === null ? null : { certificate, x509 },
    result: {
      kind: 'smime',
      status: 'invalid',
      signer: addresses.find((address) => from.includes(address)) ?? addresses[0] ?? nameOf(x509?.subject),
      algorithm: [digest, keyType].filter((part) => part !== null).join(' ') || null,
      matchesFrom: from.length > 0 && from.every((address) => addresses.includes(address)),
      coversAll: false,
      issuer: nameOf(x509?.issuer),
      validFrom: x509?.validFromDate.toISOString() ?? null,
      validTo: x509?.validToDate.toISOString() ?? null,
      signedAt: signingTime(signer),
      fingerprint: x509 === null ? null : fingerprintOf(x509),
      reason: null,
    },
  };
}

/** RFC 5652 11.1: else a signature over one kind of content would serve for another. */
function statesContentType(signed: SignedData, signer: SignerInfo): boolean {
  const { eContentType } = signed.encapContentInfo;
  if (signer.signedAttrs === undefined) return eContentType === SignedData.ID_DATA;
  const stated = attributeOf(signer, CONTENT_TYPE);
  return stated instanceof asn1js.ObjectIdentifier && stated.getValue() === eContentType;
}

function signingTime(signer: SignerInfo): string | null {
  const stated = attributeOf(signer, SIGNING_TIME);
  // GeneralizedTime is a kind of UTCTime here.
  if (!(stated instanceof asn1js.UTCTime)) return null;
  const date = stated.toDate();
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function attributeOf({ signedAttrs }: SignerInfo, type: string): unknown {
  const values: unknown[] | undefined = signedAttrs?.attributes.find((attribute) => attribute.type === type)?.values;
  return values?.[0];
}

function storedCertificate({ kind, publicPart, revoked, authority }: MailKeyMaterial): Certificate[] {
  return kind === 'smime' && !revoked && !authority ? [certificateOf(publicPart)] : [];
}

function x509Of(certificate: Certificate): X509Certificate | null {
  try {
    return new X509Certificate(derOf(certificate.toSchema()));
  } catch {
    return null; // a certificate that OpenSSL does not read: nothing is known of its key
  }
}

/** The common name of a distinguished name as Node writes it, else all of it in one line. */
function nameOf(written: string | undefined): string | null {
  if (written === undefined) return null;
  const common = /^CN=(.*)$/m.exec(written)?.[1] ?? written.replaceAll('\n', ', ');
  return common.slice(0, 200) || null;
}
