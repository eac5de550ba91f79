import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { CannotSeal } from './cannot-seal.js';
import { sealingCertificate } from './certificate.js';
import { context, integer, nothing, objectId, octets, sequence, setOf, time, type Der } from './der.js';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SMIME_CAPABILITIES = '1.2.840.113549.1.9.15';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const RSA = '1.2.840.113549.1.1.1';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
/** What we read, best first: whoever answers may choose (RFC 8551 2.5.2). */
const CAPABILITIES = [
  '2.16.840.1.101.3.4.1.46', // AES-256-GCM
  '2.16.840.1.101.3.4.1.42', // AES-256-CBC
  '2.16.840.1.101.3.4.1.2', // AES-128-CBC
];

/** Of an author. */
export interface SmimeSigner {
  /** PEM. */
  certificate: string;
  /** PKCS #8 in PEM. */
  privateKey: string;
  /** Certificates between his and the authority, PEM. */
  chain: readonly string[];
}

/**
 * Signed-data (RFC 5652 5) by SHA-256, with signing time, what ciphers we read, and the certificates of the chain.
 *
 * @param content what is signed, byte by byte
 * @param detached whether the content stays outside
 * @returns DER of the ContentInfo
 * @throws CannotSeal
 */
export function signedData(content: Buffer, signer: SmimeSigner, detached: boolean, now: Date): Buffer {
  const certificate = sealingCertificate(signer.certificate);
  const privateKey = privateKeyOf(signer.privateKey);
  const digest = createHash('sha256').update(content).digest();
  const attributes = signedAttributes(digest, now);
  const signature = sign('sha256', Buffer.concat(setOf(...attributes)), privateKey);
  const signerInfo = sequence(
    integer(1),
    certificate.issuerAndSerial,
    sequence(objectId(SHA256)),
    // The same members as were signed, under a tag of their own (RFC 5652 5.4).
    retagged(setOf(...attributes)),
    signatureAlgorithm(privateKey),
    octets(signature),
  );
  const certificates = [certificate.raw, ...signer.chain.map((pem) => sealingCertificate(pem).raw)];
  const data = detached ? sequence(objectId(DATA)) : sequence(objectId(DATA), context(0, octets(content)));
  const signed = sequence(
    integer(1),
    setOf(sequence(objectId(SHA256))),
    data,
    context(0, certificates),
    setOf(signerInfo),
  );
  return Buffer.concat(sequence(objectId(SIGNED_DATA), context(0, signed)));
}

function signedAttributes(digest: Buffer, now: Date): Der[] {
  const attribute = (type: string, value: Der) => sequence(objectId(type), setOf(value));
  return [
    attribute(CONTENT_TYPE, objectId(DATA)),
    attribute(SIGNING_TIME, time(now)),
    attribute(MESSAGE_DIGEST, octets(digest)),
    attribute(SMIME_CAPABILITIES, sequence(...CAPABILITIES.map((cipher) => sequence(objectId(cipher))))),
  ];
}

function retagged(set: Der): Der {
  const der = Buffer.concat(set);
  der[0] = 0xa0;
  return [der];
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject): Der {
  switch (asymmetricKeyType) {
    case 'rsa':
      return sequence(objectId(RSA), nothing());
    case 'ec':
      return sequence(objectId(ECDSA_SHA256));
    default:
      throw new CannotSeal(`a key of the type ${asymmetricKeyType} does not sign S/MIME`);
  }
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says may quote the key.
    throw new CannotSeal("the author's private key cannot be read");
  }
}
