import { createDecipheriv } from 'node:crypto';
import * as asn1js from 'asn1js';
import { EncryptedContentInfo } from 'pkijs';
import { childrenOf, derOf, isContext, octetsOf, type AsnBlock } from './asn1.js';
import { Closed } from './closed.js';
import type { OwnCertificate } from './own-certificate.js';
import { contentKey } from './smime-recipients.js';

/** Block ciphers without integrity protection: whoever holds the mail can change what they decrypt to (EFAIL). */
const CBC: Readonly<Record<string, { cipher: string; keyBytes: number; blockBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { cipher: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { cipher: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.42': { cipher: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 },
  '1.2.840.113549.3.7': { cipher: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
};
const GCM: Readonly<Record<string, { cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'; keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.6': { cipher: 'aes-128-gcm', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.26': { cipher: 'aes-192-gcm', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.46': { cipher: 'aes-256-gcm', keyBytes: 32 },
};
const GCM_TAG_BYTES = 12;

export interface OpenedEnvelope {
  content: Buffer;
  /** Whether the encryption shows that nobody changed it. */
  authenticated: boolean;
}

/**
 * Opens enveloped-data (RFC 5652 6.1).
 *
 * @throws Closed
 */
export function openEnvelopedData(block: AsnBlock, ours: readonly OwnCertificate[]): OpenedEnvelope {
  const { recipients, content } = fieldsOf(block);
  const { algorithmId, algorithmParams } = content.contentEncryptionAlgorithm;
  const cbc = CBC[algorithmId];
  if (cbc === undefined) throw new Closed('algorithm', `content encryption ${algorithmId}`);
  const key = contentKey(recipients, ours);
  const iv = octetsOf(algorithmParams);
  if (key.length !== cbc.keyBytes || iv.length !== cbc.blockBytes) throw new Closed('damaged');
  return {
    content: deciphered(() => {
      const decipher = createDecipheriv(cbc.cipher, key, iv);
      return Buffer.concat([decipher.update(encryptedOf(content)), decipher.final()]);
    }),
    authenticated: false,
  };
}

/**
 * Opens authEnveloped-data with AES-GCM (RFC 5083, RFC 5084). Nothing is given before its tag was right.
 *
 * @throws Closed
 */
export function openAuthEnvelopedData(block: AsnBlock, ours: readonly OwnCertificate[]): OpenedEnvelope {
  const { recipients, content, rest } = fieldsOf(block);
  const { algorithmId, algorithmParams } = content.contentEncryptionAlgorithm;
  const gcm = GCM[algorithmId];
  if (gcm === undefined) throw new Closed('algorithm', `content encryption ${algorithmId}`);
  const [nonce, tagLength] = childrenOf(algorithmParams);
  const tagBytes = tagLength instanceof asn1js.Integer ? tagLength.valueBlock.valueDec : GCM_TAG_BYTES;
  const attributes = isContext(rest[0], 1) ? rest[0] : undefined;
  const tag = octetsOf(attributes === undefined ? rest[0] : rest[1]);
  // A shorter tag than stated would be easier to forge.
  if (nonce === undefined || tag.length !== tagBytes || tagBytes < 12 || tagBytes > 16) throw new Closed('damaged');
  const key = contentKey(recipients, ours);
  if (key.length !== gcm.keyBytes) throw new Closed('damaged');
  return {
    content: deciphered(() => {
      const decipher = createDecipheriv(gcm.cipher, key, octetsOf(nonce), { authTagLength: tagBytes });
      decipher.setAuthTag(tag);
      if (attributes !== undefined) decipher.setAAD(asSet(attributes));
      return Buffer.concat([decipher.update(encryptedOf(content)), decipher.final()]);
    }),
    authenticated: true,
  };
}

/** What both have: recipients, the encrypted content, and what comes behind it. */
function fieldsOf(block: AsnBlock) {
  const [version, ...fields] = childrenOf(block);
  const [recipientSet, contentBlock, ...rest] = isContext(fields[0], 0) ? fields.slice(1) : fields;
  if (!(version instanceof asn1js.Integer) || !(recipientSet instanceof asn1js.Set) || contentBlock === undefined) {
    throw new Closed('damaged');
  }
  return {
    recipients: childrenOf(recipientSet),
    content: new EncryptedContentInfo({ schema: contentBlock }),
    rest,
  };
}

function encryptedOf({ encryptedContent }: EncryptedContentInfo): Buffer {
  if (encryptedContent === undefined) throw new Closed('damaged');
  return octetsOf(encryptedContent);
}

/** RFC 5083 2.2: what is authenticated is the DER of a SET OF, not of the tag that they are sent under. */
function asSet(attributes: AsnBlock): Buffer {
  const der = derOf(attributes);
  der[0] = 0x31;
  return der;
}

function deciphered(decipher: () => Buffer): Buffer {
  try {
    return decipher();
  } catch (error) {
    throw error instanceof Closed ? error : new Closed('damaged');
  }
}
