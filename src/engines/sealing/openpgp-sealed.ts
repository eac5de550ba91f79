import * as openpgp from 'openpgp';
import { CannotSeal } from './cannot-seal.js';

/** Keys as they are stored: armored. */
export interface OpenPgpSigner {
  privateKey: string;
}

/** A detached signature over bytes (RFC 3156 5), and the name of its hash for `micalg`. @throws CannotSeal */
export async function detachedSignature(
  content: Buffer,
  signer: OpenPgpSigner,
  now: Date,
): Promise<{ armored: string; hash: string }> {
  const signingKeys = await privateKey(signer);
  const armored = await sealing(async () =>
    openpgp.sign({
      message: await openpgp.createMessage({ binary: bytesOf(content) }),
      signingKeys,
      detached: true,
      format: 'armored',
      date: now,
    }),
  );
  const { packets } = await openpgp.readSignature({ armoredSignature: armored });
  const algorithm = packets[0]?.hashAlgorithm;
  if (algorithm == null) throw new CannotSeal('the OpenPGP key made no signature');
  return { armored, hash: openpgp.enums.read(openpgp.enums.hash, algorithm) };
}

/**
 * Encrypts to OpenPGP keys, signed inside where a signer is given (RFC 3156 6.2); armored.
 *
 * @param recipients armored public keys
 * @throws CannotSeal where one cannot be encrypted to
 */
export async function encryptedMessage(
  content: Buffer,
  recipients: readonly string[],
  signer: OpenPgpSigner | null,
  now: Date,
): Promise<string> {
  const encryptionKeys = await Promise.all(recipients.map(publicKey));
  const signing = signer === null ? {} : { signingKeys: await privateKey(signer) };
  return sealing(async () =>
    openpgp.encrypt({
      message: await openpgp.createMessage({ binary: bytesOf(content) }),
      encryptionKeys,
      ...signing,
      format: 'armored',
      date: now,
    }),
  );
}

/** A plain array: a Buffer's slices share their memory, which the library takes for its own. */
const bytesOf = (content: Buffer) => new Uint8Array(content.buffer, content.byteOffset, content.byteLength);

async function publicKey(armored: string): Promise<openpgp.PublicKey> {
  return openpgp.readKey({ armoredKey: armored }).catch(() => {
    throw new CannotSeal("a recipient's OpenPGP key cannot be read");
  });
}

async function privateKey({ privateKey: armored }: OpenPgpSigner): Promise<openpgp.PrivateKey> {
  return openpgp.readPrivateKey({ armoredKey: armored }).catch(() => {
    // What the library says may quote the key.
    throw new CannotSeal("the author's private key cannot be read");
  });
}

/** The library tells its errors apart by their texts alone. */
async function sealing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    if (/expired/i.test(text)) throw new CannotSeal('an OpenPGP key has expired');
    if (/revoked/i.test(text)) throw new CannotSeal('an OpenPGP key was revoked by its owner');
    if (/encryption key|encryption subkey/i.test(text)) throw new CannotSeal('an OpenPGP key cannot be encrypted to');
    if (/sign/i.test(text)) throw new CannotSeal('an OpenPGP key cannot sign');
    throw new CannotSeal('an OpenPGP key cannot be used');
  }
}
