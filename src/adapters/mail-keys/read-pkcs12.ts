import { createDecipheriv, createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type * as asn1js from 'asn1js';
import {
  AuthenticatedSafe,
  CertBag,
  Certificate,
  EncryptedData,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeContents,
  type ContentInfo,
  type SafeBag,
} from 'pkijs';
import { MailKeyRefused, type MailKeyFacts } from '../../domain/mail-key.js';
import { checkPasswordCost } from './password-cost.js';
import { factsOf } from './read-certificate.js';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const PBES2 = '1.2.840.113549.1.5.13';
const SHA1_3DES = '1.2.840.113549.1.12.1.3';
const RC2 = ['1.2.840.113549.1.12.1.5', '1.2.840.113549.1.12.1.6'];
const MAX_BAGS = 50;

/**
 * Reads a PKCS #12 file (RFC 7292), as mail programs and authorities give it out.
 *
 * @throws MailKeyRefused
 */
export async function readPkcs12(file: Buffer, passphrase: string): Promise<MailKeyFacts> {
  try {
    const bags: SafeBag[] = [];
    for (const content of safesOf(file)) bags.push(...(await bagsOf(content, passphrase)));
    const values = bags.slice(0, MAX_BAGS).map(({ bagValue }) => bagValue);
    const keys = values.map((value) => privateKeyOf(value, passphrase)).filter((key) => key !== null);
    return factsOf(values.flatMap(certificateOf), keys[0] ?? null);
  } catch (error) {
    // What libraries say of a file they cannot read may quote it.
    throw error instanceof MailKeyRefused ? error : new MailKeyRefused('key', 'is no PKCS #12 that can be read');
  }
}

function safesOf(file: Buffer): ContentInfo[] {
  const { authSafe } = PFX.fromBER(new Uint8Array(file).buffer);
  if (authSafe.contentType !== DATA) throw new MailKeyRefused('key', 'must be a PKCS #12 under a passphrase');
  return AuthenticatedSafe.fromBER((authSafe.content as asn1js.OctetString).getValue()).safeContents;
}

async function bagsOf({ contentType, content }: ContentInfo, passphrase: string): Promise<SafeBag[]> {
  if (contentType === DATA) return SafeContents.fromBER((content as asn1js.OctetString).getValue()).safeBags;
  if (contentType !== ENCRYPTED_DATA) return [];
  const encrypted = new EncryptedData({ schema: content as asn1js.Sequence });
  const { algorithmId, algorithmParams } = encrypted.encryptedContentInfo.contentEncryptionAlgorithm;
  checkPasswordCost(algorithmParams);
  if (RC2.includes(algorithmId)) {
    throw new MailKeyRefused('key', 'is locked by RC2, which is not supported: export it anew with AES or 3DES');
  }
  if (algorithmId !== PBES2 && algorithmId !== SHA1_3DES) {
    throw new MailKeyRefused('key', 'is locked by a cipher that is not supported: export it anew with AES');
  }
  const plain = await unlocked(() =>
    algorithmId === PBES2
      ? encrypted.decrypt({ password: new TextEncoder().encode(passphrase).buffer })
      : decryptTripleDes(encrypted, passphrase),
  );
  return SafeContents.fromBER(plain).safeBags;
}

function certificateOf(value: unknown): X509Certificate[] {
  if (!(value instanceof CertBag) || !(value.parsedValue instanceof Certificate)) return [];
  return [new X509Certificate(Buffer.from(value.parsedValue.toSchema().toBER()))];
}

/** Null for a bag with something else. */
function privateKeyOf(value: unknown, passphrase: string): KeyObject | null {
  if (value instanceof PrivateKeyInfo) {
    return createPrivateKey({ key: Buffer.from(value.toSchema().toBER()), format: 'der', type: 'pkcs8' });
  }
  if (!(value instanceof PKCS8ShroudedKeyBag)) return null;
  checkPasswordCost(value.encryptionAlgorithm.algorithmParams);
  const key = Buffer.from(value.toSchema().toBER());
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase });
  } catch {
    throw new MailKeyRefused('passphrase', 'does not unlock the private key');
  }
}

async function unlocked(work: () => Promise<ArrayBuffer> | ArrayBuffer): Promise<ArrayBuffer> {
  try {
    return await work();
  } catch {
    throw new MailKeyRefused('passphrase', 'does not unlock the file');
  }
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 C), which Windows and older programs write and WebCrypto does not know. */
function decryptTripleDes({ encryptedContentInfo }: EncryptedData, passphrase: string): ArrayBuffer {
  const params = encryptedContentInfo.contentEncryptionAlgorithm.algorithmParams as asn1js.Sequence;
  const [salt, iterations] = params.valueBlock.value as [asn1js.OctetString, asn1js.Integer];
  const derive = (purpose: number, length: number) =>
    pkcs12Key(passphrase, Buffer.from(salt.getValue()), iterations.valueBlock.valueDec, purpose, length);
  const decipher = createDecipheriv('des-ede3-cbc', derive(1, 24), derive(2, 8));
  const encrypted = Buffer.from(encryptedContentInfo.getEncryptedContent());
  return new Uint8Array(Buffer.concat([decipher.update(encrypted), decipher.final()])).buffer;
}

const HASH_BYTES = 20;
const BLOCK_BYTES = 64;

/** RFC 7292 B.2 with SHA-1. */
function pkcs12Key(passphrase: string, salt: Buffer, iterations: number, purpose: number, length: number): Buffer {
  const password = Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
  const input = Buffer.concat([filled(salt), filled(password)]);
  const made: Buffer[] = [];
  for (let left = length; left > 0; left -= HASH_BYTES) {
    let hash = createHash('sha1').update(Buffer.alloc(BLOCK_BYTES, purpose)).update(input).digest();
    for (let round = 1; round < iterations; round += 1) hash = createHash('sha1').update(hash).digest();
    made.push(hash);
    const addend = Buffer.alloc(BLOCK_BYTES);
    for (let at = 0; at < BLOCK_BYTES; at += 1) addend[at] = hash[at % HASH_BYTES] ?? 0;
    for (let from = 0; from < input.length; from += BLOCK_BYTES) {
      let carry = 1;
      for (let at = BLOCK_BYTES - 1; at >= 0; at -= 1) {
        carry += (input[from + at] ?? 0) + (addend[at] ?? 0);
        input[from + at] = carry & 0xff;
        carry >>= 8;
      }
    }
  }
  return Buffer.concat(made).subarray(0, length);
}

/** Repeated to a multiple of the hash's block. */
function filled(bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  return Buffer.alloc(Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES, bytes);
}
