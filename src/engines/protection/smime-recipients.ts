import { constants, createDecipheriv, createECDH, privateDecrypt, type KeyObject } from 'node:crypto';
import * as asn1js from 'asn1js';
import {
  IssuerAndSerialNumber,
  KeyAgreeRecipientInfo,
  KeyTransRecipientInfo,
  OriginatorPublicKey,
  RecipientInfo,
  RecipientKeyIdentifier,
  RSAESOAEPParams,
  type AlgorithmIdentifier,
} from 'pkijs';
import { derOf, octetsOf, type AsnBlock } from './asn1.js';
import { Closed } from './closed.js';
import type { OwnCertificate } from './own-certificate.js';
import { x963Kdf } from './x963-kdf.js';

/** An envelope is for so many; who else it is for is not looked at. */
const MAX_RECIPIENTS = 1_000;

const RSA = '1.2.840.113549.1.1.1';
const RSA_OAEP = '1.2.840.113549.1.1.7';
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** RFC 5753 7.1.4: ephemeral-static ECDH, standard and cofactor, which are one on the curves here. */
const AGREEMENT_HASHES: Readonly<Record<string, string>> = {
  '1.3.133.16.840.63.0.2': 'sha1',
  '1.3.132.1.11.0': 'sha224',
  '1.3.132.1.11.1': 'sha256',
  '1.3.132.1.11.2': 'sha384',
  '1.3.132.1.11.3': 'sha512',
  '1.3.133.16.840.63.0.3': 'sha1',
  '1.3.132.1.14.0': 'sha224',
  '1.3.132.1.14.1': 'sha256',
  '1.3.132.1.14.2': 'sha384',
  '1.3.132.1.14.3': 'sha512',
};
const WRAPS: Readonly<Record<string, { cipher: string; keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.5': { cipher: 'id-aes128-wrap', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.25': { cipher: 'id-aes192-wrap', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.45': { cipher: 'id-aes256-wrap', keyBytes: 32 },
};
/** RFC 3394 2.2.3.1. */
const WRAP_IV = Buffer.alloc(8, 0xa6);

/**
 * The key that an envelope's content is encrypted with, by the first of our keys that it is for.
 *
 * @param recipientInfos the SET OF RecipientInfo (RFC 5652 6.2)
 * @throws Closed
 */
export function contentKey(recipientInfos: readonly AsnBlock[], ours: readonly OwnCertificate[]): Buffer {
  let closed = new Closed('noKey');
  for (const block of recipientInfos.slice(0, MAX_RECIPIENTS)) {
    const { value } = new RecipientInfo({ schema: block });
    try {
      const key =
        value instanceof KeyTransRecipientInfo
          ? transportedKey(value, ours)
          : value instanceof KeyAgreeRecipientInfo
            ? agreedKey(value, ours)
            : null;
      if (key !== null) return key;
    } catch (error) {
      // Two of our keys may be named, of which one can be used.
      closed = error instanceof Closed ? error : new Closed('damaged');
    }
  }
  throw closed;
}

/** Null where it is for none of ours. */
function transportedKey(info: KeyTransRecipientInfo, ours: readonly OwnCertificate[]): Buffer | null {
  const own = ours.find((one) => isFor(one, info.rid));
  if (own === undefined) return null;
  const encrypted = octetsOf(info.encryptedKey);
  const { algorithmId } = info.keyEncryptionAlgorithm;
  if (algorithmId === RSA) {
    // Node answers a wrong padding with random bytes (implicit rejection): the content then does not open.
    return privateDecrypt({ key: own.privateKey, padding: constants.RSA_PKCS1_PADDING }, encrypted);
  }
  if (algorithmId === RSA_OAEP) {
    const oaepHash = oaepHashOf(info.keyEncryptionAlgorithm);
    return privateDecrypt({ key: own.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, encrypted);
  }
  throw new Closed('algorithm', `key transport ${algorithmId}`);
}

/** RFC 4055 4.1: SHA-1 where nothing is said. Node takes one hash for both uses. */
function oaepHashOf({ algorithmParams }: AlgorithmIdentifier): string {
  if (!(algorithmParams instanceof asn1js.Sequence)) return 'sha1';
  const params = new RSAESOAEPParams({ schema: algorithmParams });
  const hash = HASHES[params.hashAlgorithm.algorithmId];
  const mask: unknown = params.maskGenAlgorithm.algorithmParams;
  const maskOid: unknown = mask instanceof asn1js.Sequence ? mask.valueBlock.value[0] : undefined;
  const maskHash = maskOid instanceof asn1js.ObjectIdentifier ? HASHES[maskOid.getValue()] : 'sha1';
  if (hash === undefined || hash !== maskHash) throw new Closed('algorithm', 'RSA-OAEP with two hashes');
  return hash;
}

/** RFC 5753 3.1. Null where it is for none of ours. */
function agreedKey(info: KeyAgreeRecipientInfo, ours: readonly OwnCertificate[]): Buffer | null {
  for (const recipient of info.recipientEncryptedKeys.encryptedKeys) {
    const own = ours.find((one) => isFor(one, recipient.rid.value));
    if (own === undefined) continue;
    const hash = AGREEMENT_HASHES[info.keyEncryptionAlgorithm.algorithmId];
    const wrapBlock: unknown = info.keyEncryptionAlgorithm.algorithmParams;
    const wrapOid = wrapBlock instanceof asn1js.Sequence ? wrapBlock.valueBlock.value[0] : undefined;
    const wrap = wrapOid instanceof asn1js.ObjectIdentifier ? WRAPS[wrapOid.getValue()] : undefined;
    const originator: unknown = info.originator.value;
    if (hash === undefined || wrap === undefined || !(originator instanceof OriginatorPublicKey)) {
      throw new Closed('algorithm', `key agreement ${info.keyEncryptionAlgorithm.algorithmId}`);
    }
    const shared = sharedSecret(own.privateKey, Buffer.from(originator.publicKey.valueBlock.valueHexView));
    const sharedInfo = derOf(eccSharedInfo(wrapBlock as asn1js.Sequence, info.ukm, wrap.keyBytes));
    const wrappingKey = x963Kdf(hash, shared, sharedInfo, wrap.keyBytes);
    const unwrap = createDecipheriv(wrap.cipher, wrappingKey, WRAP_IV);
    return Buffer.concat([unwrap.update(octetsOf(recipient.encryptedKey)), unwrap.final()]);
  }
  return null;
}

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

function sharedSecret(privateKey: KeyObject, point: Buffer): Buffer {
  if (privateKey.asymmetricKeyType !== 'ec') throw new Closed('damaged');
  const { crv, d } = privateKey.export({ format: 'jwk' });
  const curve = CURVES[crv ?? ''];
  if (curve === undefined || d === undefined) throw new Closed('algorithm', `the curve ${crv}`);
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(Buffer.from(d, 'base64url'));
  // A point that is not on the curve is refused here.
  return ecdh.computeSecret(point);
}

/** ECC-CMS-SharedInfo of RFC 5753 7.2. */
function eccSharedInfo(keyInfo: asn1js.Sequence, ukm: asn1js.OctetString | undefined, keyBytes: number) {
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(keyBytes * 8);
  const explicit = (tagNumber: number, valueHex: Uint8Array) =>
    new asn1js.Constructed({
      idBlock: { tagClass: 3, tagNumber },
      value: [new asn1js.OctetString({ valueHex: new Uint8Array(valueHex).buffer })],
    });
  return new asn1js.Sequence({
    value: [keyInfo, ...(ukm === undefined ? [] : [explicit(0, octetsOf(ukm))]), explicit(2, bits)],
  });
}

/** By issuer and serial number, or by subject key identifier. */
function isFor({ certificate, keyIdentifier }: OwnCertificate, rid: unknown): boolean {
  if (rid instanceof IssuerAndSerialNumber) {
    return certificate.issuer.isEqual(rid.issuer) && certificate.serialNumber.isEqual(rid.serialNumber);
  }
  const named = rid instanceof RecipientKeyIdentifier ? rid.subjectKeyIdentifier : rid;
  return keyIdentifier !== null && named !== null && typeof named === 'object' && keyIdentifier.equals(octetsOf(named));
}
