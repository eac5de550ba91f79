import * as openpgp from 'openpgp';
import { userIdAddresses } from '../../domain/certificate-addresses.js';
import { MailKeyRefused, type MailKeyFacts } from '../../domain/mail-key.js';

/** 2^17 KiB: a key that asks for more to be unlocked would take the memory of all others. */
const MOST_ARGON2_EXPONENT = 17;
const config: openpgp.PartialConfig = { maxArgon2MemoryExponent: MOST_ARGON2_EXPONENT };

/**
 * Reads an armored OpenPGP key, private or public; a private one is unlocked by its passphrase.
 *
 * @throws MailKeyRefused
 */
export async function readOpenPgpKey(armored: string, passphrase: string | null): Promise<MailKeyFacts> {
  const key = await openpgp.readKey({ armoredKey: armored, config }).catch(() => {
    throw new MailKeyRefused('key', 'must be one armored OpenPGP key');
  });
  const usable = await key.getPrimaryUser(undefined, undefined, openpgp.config).catch(() => null);
  const subject = usable?.user.userID?.userID ?? key.getUserIDs()[0] ?? '';
  const expires = await key.getExpirationTime().catch(() => null);
  return {
    kind: 'openpgp',
    fingerprint: key.getFingerprint().toLowerCase(),
    addresses: userIdAddresses(key.getUserIDs()),
    keyIds: key.getKeyIDs().map((id) => id.toHex()),
    subject: subject.slice(0, 500),
    issuer: null,
    algorithm: algorithmOf(key),
    validFrom: key.getCreationTime().toISOString(),
    validTo: expires instanceof Date ? expires.toISOString() : null,
    authority: false,
    publicPart: key.toPublic().armor(),
    privatePart: key.isPrivate() ? (await unlocked(key, passphrase)).armor() : null,
  };
}

async function unlocked(key: openpgp.PrivateKey, passphrase: string | null): Promise<openpgp.PrivateKey> {
  const secrets = key.getKeys().map(({ keyPacket }) => keyPacket);
  if (secrets.some((packet) => 'isDummy' in packet && packet.isDummy())) {
    throw new MailKeyRefused('key', 'holds no private part for one of its keys: export it with all of them');
  }
  if (key.isDecrypted()) return key;
  if (passphrase === null) throw new MailKeyRefused('passphrase', 'is needed: the private key is locked by one');
  return openpgp.decryptKey({ privateKey: key, passphrase, config }).catch(() => {
    throw new MailKeyRefused('passphrase', 'does not unlock the private key');
  });
}

function algorithmOf(key: openpgp.Key): string {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  return [algorithm, bits ?? curve].filter((part) => part !== undefined).join(' ');
}
