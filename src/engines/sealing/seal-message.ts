import { randomBytes } from 'node:crypto';
import type { ProtectionKind } from '../../domain/protection.js';
import type { SmimeCipher } from '../../domain/outgoing/protection-policy.js';
import { base64Lines } from './base64-lines.js';
import { CannotSeal } from './cannot-seal.js';
import { canonicalEntity } from './canonical-entity.js';
import { divideHeader } from './header-protection.js';
import { field, fieldsToBytes, splitHeader, type FieldText } from './header-fields.js';
import { detachedSignature, encryptedMessage } from './openpgp-sealed.js';
import { envelope } from './smime-enveloped-data.js';
import { signedData } from './smime-signed-data.js';
import { isTransportSafe, withCrlf } from './transport-safe.js';

/** The author's key with what goes with it. */
export interface SealingSigner {
  /** A certificate in PEM, or an armored public key. */
  publicPart: string;
  /** PKCS #8 in PEM, or an armored private key. */
  privatePart: string;
  /** Certificates between his and the authority, PEM. */
  chain: readonly string[];
}

export interface SealingRecipient {
  /** A certificate in PEM, or an armored public key. */
  publicPart: string;
  readsGcm: boolean;
}

export interface SealingOrder {
  form: ProtectionKind;
  signer: SealingSigner | null;
  /** Empty: it is not encrypted. */
  recipients: readonly SealingRecipient[];
  cipher: SmimeCipher;
  protectHeaders: boolean;
  now: Date;
}

/**
 * The message signed, encrypted, or signed and then encrypted: S/MIME (RFC 8551) or PGP/MIME (RFC 3156). Its header
 * fields stay outside, those of MIME describe what is inside.
 *
 * @param message RFC 5322 bytes
 * @throws CannotSeal
 */
export async function sealMessage(message: Buffer, order: SealingOrder): Promise<Buffer> {
  const { signer, recipients } = order;
  if (signer === null && recipients.length === 0) return message;
  const { fields, body } = splitHeader(message);
  const { outer, inner } = divideHeader(
    fields,
    !order.protectHeaders ? 'no' : recipients.length > 0 ? 'cipher' : 'clear',
  );
  const content = canonicalEntity(Buffer.concat([fieldsToBytes(inner), CRLF, body]));
  const entity = await (order.form === 'smime' ? smime(content, order) : openPgp(content, order));
  return Buffer.concat([fieldsToBytes([...outer, field('MIME-Version', '1.0')]), ...entity]);
}

const CRLF = Buffer.from('\r\n');

async function smime(content: Buffer, order: SealingOrder): Promise<Buffer[]> {
  const signed = order.signer === null ? [content] : smimeSigned(content, order.signer, order.now);
  if (order.recipients.length === 0) return signed;
  const certificates = [...new Set(order.recipients.map(({ publicPart }) => publicPart))];
  const { der, smimeType } = envelope(Buffer.concat(signed), certificates, cipherOf(order));
  return pkcs7Mime(smimeType, der);
}

function cipherOf({ cipher, recipients }: SealingOrder): 'cbc' | 'gcm' {
  if (cipher !== 'AUTO') return cipher === 'AES_256_GCM' ? 'gcm' : 'cbc';
  return recipients.every(({ readsGcm }) => readsGcm) ? 'gcm' : 'cbc';
}

function smimeSigned(content: Buffer, signer: SealingSigner, now: Date): Buffer[] {
  const key = { certificate: signer.publicPart, privateKey: signer.privatePart, chain: signer.chain };
  // What a transport might still change goes inside the signature, as base64.
  if (!isTransportSafe(content)) return pkcs7Mime('signed-data', signedData(content, key, false, now));
  const signature = [
    field('Content-Type', 'application/pkcs7-signature; name="smime.p7s"'),
    field('Content-Transfer-Encoding', 'base64'),
    field('Content-Disposition', 'attachment; filename="smime.p7s"'),
  ];
  const type = 'protocol="application/pkcs7-signature"; micalg=sha-256';
  return multipartOf(`multipart/signed; ${type}`, [
    [content],
    [fieldsToBytes(signature), CRLF, base64Lines(signedData(content, key, true, now))],
  ]);
}

function pkcs7Mime(smimeType: string, der: Buffer): Buffer[] {
  const fields = [
    field('Content-Type', `application/pkcs7-mime; smime-type=${smimeType}; name="smime.p7m"`),
    field('Content-Transfer-Encoding', 'base64'),
    field('Content-Disposition', 'attachment; filename="smime.p7m"'),
  ];
  return [fieldsToBytes(fields), CRLF, base64Lines(der)];
}

async function openPgp(content: Buffer, { signer, recipients, now }: SealingOrder): Promise<Buffer[]> {
  const key = signer === null ? null : { privateKey: signer.privatePart };
  if (recipients.length > 0) {
    const keys = [...new Set(recipients.map(({ publicPart }) => publicPart))];
    const sealed = await encryptedMessage(content, keys, key, now);
    return multipartOf('multipart/encrypted; protocol="application/pgp-encrypted"', [
      [fieldsToBytes([field('Content-Type', 'application/pgp-encrypted')]), CRLF, Buffer.from('Version: 1\r\n')],
      [fieldsToBytes(ENCRYPTED_FIELDS), CRLF, withCrlf(Buffer.from(sealed, 'latin1'))],
    ]);
  }
  if (key === null) return [content];
  if (!isTransportSafe(content)) {
    throw new CannotSeal('it holds a signed part with lines that OpenPGP may not sign (RFC 3156 3)');
  }
  const { armored, hash } = await detachedSignature(content, key, now);
  const signature = [
    field('Content-Type', 'application/pgp-signature; name="signature.asc"'),
    field('Content-Disposition', 'attachment; filename="signature.asc"'),
  ];
  return multipartOf(`multipart/signed; protocol="application/pgp-signature"; micalg=pgp-${hash}`, [
    [content],
    [fieldsToBytes(signature), CRLF, withCrlf(Buffer.from(armored, 'latin1'))],
  ]);
}

const ENCRYPTED_FIELDS: FieldText[] = [
  field('Content-Type', 'application/octet-stream; name="encrypted.asc"'),
  field('Content-Disposition', 'inline; filename="encrypted.asc"'),
];

/** The line end before a delimiter is the delimiter's (RFC 2046 5.1.1): what was signed ends before it. */
function multipartOf(type: string, parts: readonly Buffer[][]): Buffer[] {
  // Random: nothing that is written in the content can be it.
  const boundary = `=_${randomBytes(18).toString('hex')}`;
  return [
    fieldsToBytes([{ name: 'content-type', text: `Content-Type: ${type};\r\n boundary="${boundary}"\r\n` }]),
    CRLF,
    ...parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), ...part, CRLF]),
    Buffer.from(`--${boundary}--\r\n`),
  ];
}
