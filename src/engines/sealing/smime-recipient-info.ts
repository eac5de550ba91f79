import { constants, createCipheriv, createECDH, publicEncrypt, type KeyObject } from 'node:crypto';
import { x963Kdf } from '../protection/x963-kdf.js';
import { CannotSeal } from './cannot-seal.js';
import type { SealingCertificate } from './certificate.js';
import { bits, context, integer, nothing, objectId, octets, sequence, type Der } from './der.js';

const RSA = '1.2.840.113549.1.1.1';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
/** Ephemeral-static ECDH with SHA-256, or SHA-512 for the curves above 256 bits (RFC 5753 7.1.4). */
const ECDH_SHA256 = '1.3.132.1.11.1';
const ECDH_SHA512 = '1.3.132.1.11.3';
const AES_256_WRAP = '2.16.840.1.101.3.4.1.45';
/** RFC 3394 2.2.3.1. */
const WRAP_IV = Buffer.alloc(8, 0xa6);

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

/**
 * The key of a content for one recipient (RFC 5652 6.2): transported by RSA PKCS #1 v1.5, which every program reads, or
 * agreed on by ECDH.
 *
 * @throws CannotSeal where the certificate's key cannot be encrypted to
 */
export function recipientInfo(
  { publicKey, issuerAndSerial }: SealingCertificate,
  contentKey: Buffer,
): { der: Der; agreed: boolean } {
  switch (publicKey.asymmetricKeyType) {
    case 'rsa': {
      const encrypted = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, contentKey);
      const algorithm = sequence(objectId(RSA), nothing());
      return { der: sequence(integer(0), issuerAndSerial, algorithm, octets(encrypted)), agreed: false };
    }
    case 'ec':
      return { der: agreement(publicKey, issuerAndSerial, contentKey), agreed: true };
    default:
      throw new CannotSeal(
        `a certificate with a key of the type ${publicKey.asymmetricKeyType} cannot be encrypted to`,
      );
  }
}

/** RFC 5753 3.1. */
function agreement(publicKey: KeyObject, issuerAndSerial: Der, contentKey: Buffer): Der {
  const { crv, x, y } = publicKey.export({ format: 'jwk' });
  const curve = CURVES[crv ?? ''];
  if (curve === undefined || x === undefined || y === undefined) {
    throw new CannotSeal('a certificate on another curve than P-256, P-384 and P-521 cannot be encrypted to');
  }
  const ephemeral = createECDH(curve);
  const point = ephemeral.generateKeys();
  const shared = ephemeral.computeSecret(
    Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
  );
  const [scheme, hash] = crv === 'P-256' ? [ECDH_SHA256, 'sha256'] : [ECDH_SHA512, 'sha512'];
  const wrap = sequence(objectId(AES_256_WRAP));
  const bitsOfKey = Buffer.from([0, 0, 1, 0]);
  const sharedInfo = Buffer.concat(sequence(wrap, context(2, octets(bitsOfKey))));
  const cipher = createCipheriv('id-aes256-wrap', x963Kdf(hash ?? '', shared, sharedInfo, 32), WRAP_IV);
  const wrapped = Buffer.concat([cipher.update(contentKey), cipher.final()]);
  return context(
    1,
    integer(3),
    context(0, context(1, sequence(objectId(EC_PUBLIC_KEY)), bits(point))),
    sequence(objectId(scheme ?? ''), wrap),
    sequence(sequence(issuerAndSerial, octets(wrapped))),
  );
}
