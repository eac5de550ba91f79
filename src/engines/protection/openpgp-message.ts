import * as openpgp from 'openpgp';
import type { MailKeyMaterial, SignatureResult } from '../../domain/protection.js';
import { Closed } from './closed.js';
import { signatureResults, signedBy, type Verification } from './openpgp-signature.js';
import type { SignatureContext } from './signature-context.js';

const { packet: tags } = openpgp.enums;
/** A session key without a key id is tried with so many of our keys (RFC 9580 5.1). */
const MAX_TRIED = 20;
/** A message is encrypted to so many keys at most: each is a packet that must be read. */
const MAX_SESSION_KEYS = 1_000;
const ANY_KEY = '0000000000000000';

export interface OpenedOpenPgp {
  content: Buffer;
  /** False for a message that is only signed or compressed. */
  encrypted: boolean;
  signatures: SignatureResult[];
}

/**
 * Opens an OpenPGP message, armored or binary. Without integrity protection it is not opened: what it would decrypt to
 * can be another's (EFAIL).
 *
 * @param maxBytes that it may unpack to
 * @throws Closed
 */
export async function openOpenPgp(
  message: string | Buffer,
  context: SignatureContext,
  maxBytes: number,
): Promise<OpenedOpenPgp> {
  const config: openpgp.PartialConfig = { maxDecompressedMessageSize: maxBytes };
  const read = await closedOnError(() =>
    typeof message === 'string'
      ? openpgp.readMessage({ armoredMessage: message, config })
      : openpgp.readMessage({ binaryMessage: new Uint8Array(message), config }),
  );
  const verificationKeys = await publicKeys(context.keys);
  const checked = { verificationKeys, date: signedBy(context), format: 'binary', config } as const;
  if (!isEncrypted(read)) {
    const { data, signatures } = await closedOnError(() => openpgp.verify({ message: read, ...checked }));
    return { ...(await opened(data, signatures, context, maxBytes)), encrypted: false };
  }
  if (read.packets.some((packet) => packet instanceof openpgp.SymmetricallyEncryptedDataPacket)) {
    throw new Closed('unauthenticated');
  }
  const decryptionKeys = await keysFor(read, context.keys);
  const { data, signatures } = await closedOnError(() =>
    openpgp.decrypt({ message: read, decryptionKeys, ...checked }),
  );
  return { ...(await opened(data, signatures, context, maxBytes)), encrypted: true };
}

async function opened(
  data: unknown,
  verifications: readonly Verification[],
  context: SignatureContext,
  maxBytes: number,
): Promise<{ content: Buffer; signatures: SignatureResult[] }> {
  if (!(data instanceof Uint8Array)) throw new Closed('damaged');
  if (data.length > maxBytes) throw new Closed('limit');
  return {
    content: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    signatures: await signatureResults(verifications, context),
  };
}

function isEncrypted(message: openpgp.Message<Uint8Array | string>): boolean {
  return (
    message.packets.indexOfTag(
      tags.symmetricallyEncryptedData,
      tags.symEncryptedIntegrityProtectedData,
      tags.aeadEncryptedData,
    ).length > 0
  );
}

/** Our private keys that it is for. @throws Closed where there are none */
async function keysFor(
  message: openpgp.Message<Uint8Array | string>,
  keys: readonly MailKeyMaterial[],
): Promise<openpgp.PrivateKey[]> {
  const ids = message.getEncryptionKeyIDs().map((id) => id.toHex());
  if (ids.length > MAX_SESSION_KEYS) throw new Closed('limit');
  const ours = keys.filter(({ kind, privatePart, revoked }) => kind === 'openpgp' && privatePart !== null && !revoked);
  const named = ours.filter(({ keyIds }) => keyIds.some((id) => ids.includes(id)));
  const tried = named.length === 0 && ids.includes(ANY_KEY) ? ours.slice(0, MAX_TRIED) : named;
  if (tried.length === 0) throw new Closed('noKey');
  return Promise.all(tried.map(({ privatePart }) => openpgp.readPrivateKey({ armoredKey: privatePart ?? '' })));
}

/** Public keys of the organization that may have signed; revoked ones too, so that what they signed is told apart. */
export async function publicKeys(keys: readonly MailKeyMaterial[]): Promise<openpgp.PublicKey[]> {
  const known = keys.filter(({ kind }) => kind === 'openpgp');
  return Promise.all(known.map(({ publicPart }) => openpgp.readKey({ armoredKey: publicPart })));
}

async function closedOnError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Closed) throw error;
    throw closedBy(error instanceof Error ? error.message : '');
  }
}

/** The library tells its errors apart by their texts alone. */
function closedBy(message: string): Closed {
  if (/maximum decompressed/i.test(message)) return new Closed('limit');
  if (/not authenticated/i.test(message)) return new Closed('unauthenticated');
  if (/not supported|unsupported|unknown.*algorithm/i.test(message)) return new Closed('algorithm');
  return new Closed('damaged');
}
