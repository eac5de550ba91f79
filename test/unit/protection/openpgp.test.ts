import { deflateSync } from 'node:zlib';
import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { DEFAULT_PARSE_LIMITS, type ParsedMessage } from '../../../src/domain/parsed-message.js';
import type { MailKeyMaterial } from '../../../src/domain/protection.js';
import { openMessage } from '../../../src/engines/protection/open-message.js';
import { findInProtection } from '../../../src/engines/protection/protection-findings.js';
import { encryptedOpenPgp, protectedMail, signedOpenPgp, textEntity } from '../../support/protected-mail.js';

const SECRET = 'The figures are 42 and 43: https://figures.example/q3';

interface Owner {
  privateKey: openpgp.PrivateKey;
  publicKey: openpgp.PublicKey;
  armored: string;
}

let ours: Owner;
let oursOnRsa: Owner;
let ada: Owner;
let stranger: Owner;

async function owner(name: string, email: string, options: object = {}): Promise<Owner> {
  const { privateKey, publicKey } = await openpgp.generateKey({
    userIDs: [{ name, email }],
    format: 'object',
    date: new Date(Date.now() - 60_000),
    ...options,
  });
  return { privateKey, publicKey, armored: privateKey.armor() };
}

beforeAll(async () => {
  [ours, oursOnRsa, ada, stranger] = await Promise.all([
    owner('Team', 'team@example.org'),
    owner('Team', 'team@example.org', { type: 'rsa', rsaBits: 2048 }),
    owner('Ada', 'ada@sender.example'),
    owner('Stranger', 'stranger@elsewhere.example'),
  ]);
}, 60_000);

const keyOf = async (armored: string): Promise<MailKeyMaterial> => ({
  ...(await readMailKey(armored, null)),
  revoked: false,
});
const own = ({ armored }: Owner) => keyOf(armored);
const known = ({ publicKey }: Owner) => keyOf(publicKey.armor());

async function open(mail: Buffer, keys: MailKeyMaterial[]) {
  const receivedAt = new Date().toISOString();
  const parsed = await openMessage(mail, DEFAULT_PARSE_LIMITS, { keys, sealed: false, receivedAt });
  return { parsed, protection: parsed.protection!, findings: codesOf(parsed) };
}
const codesOf = (parsed: ParsedMessage) => findInProtection(parsed.protection).map(({ code }) => code);

async function encrypt(content: string, to: Owner[], options: { by?: Owner; config?: openpgp.PartialConfig } = {}) {
  return openpgp.encrypt({
    message: await openpgp.createMessage({ binary: Buffer.from(content) }),
    encryptionKeys: to.map(({ publicKey }) => publicKey),
    ...(options.by ? { signingKeys: options.by.privateKey } : {}),
    config: options.config ?? {},
  });
}

async function detached(content: string, by: Owner): Promise<string> {
  const message = await openpgp.createMessage({ binary: Buffer.from(content) });
  return openpgp.sign({ message, signingKeys: by.privateKey, detached: true });
}

describe('multipart/encrypted', () => {
  test.each([
    ['Curve25519', () => ours, {}],
    ['RSA', () => oursOnRsa, {}],
    ['compressed', () => ours, { preferredCompressionAlgorithm: openpgp.enums.compression.zlib }],
    ['AEAD', () => ours, { aeadProtect: true }],
  ])('is opened: %s', async (_name, to, config) => {
    const mail = protectedMail(encryptedOpenPgp(await encrypt(textEntity(SECRET), [stranger, to()], { config })));
    const { parsed, protection, findings } = await open(mail, [await own(to())]);
    expect(parsed.text.trim()).toBe(SECRET);
    expect(parsed.links.map(({ host }) => host)).toEqual(['figures.example']);
    expect(parsed.attachments).toEqual([]);
    expect(parsed.defects).toEqual([]);
    expect(protection).toMatchObject({ kind: 'openpgp', encrypted: true, opened: true, authenticated: true });
    expect(findings).toEqual([]);
  });

  test('is opened and its signature verified where its sender is known', async () => {
    const mail = protectedMail(encryptedOpenPgp(await encrypt(textEntity(SECRET), [ours], { by: ada })));
    const both = await open(mail, [await own(ours), await known(ada)]);
    expect(both.protection.signatures).toMatchObject([
      { status: 'valid', signer: 'ada@sender.example', matchesFrom: true, coversAll: true },
    ]);
    expect(both.findings).toEqual(['protection.signed']);
    const { protection, findings } = await open(mail, [await own(ours)]);
    expect(protection.signatures).toMatchObject([{ status: 'unknownKey', signer: ada.privateKey.getKeyID().toHex() }]);
    expect(findings).toEqual(['protection.unknownKey']);
  });

  test('without recipients (hidden ones) is tried with our keys', async () => {
    const message = await openpgp.createMessage({ binary: Buffer.from(textEntity(SECRET)) });
    const armored = await openpgp.encrypt({ message, encryptionKeys: ours.publicKey, wildcard: true });
    const { parsed } = await open(protectedMail(encryptedOpenPgp(armored)), [await own(stranger), await own(ours)]);
    expect(parsed.text.trim()).toBe(SECRET);
  });

  test('that a server has made a multipart/mixed of is opened', async () => {
    const entity = encryptedOpenPgp(await encrypt(textEntity(SECRET), [ours]))
      .replace(/^Content-Type: multipart\/encrypted[^\r]*/, 'Content-Type: multipart/mixed; boundary=enc')
      .replace('--enc\r\n', '--enc\r\nContent-Type: text/plain\r\n\r\n\r\n--enc\r\n');
    const { parsed, protection } = await open(protectedMail(entity), [await own(ours)]);
    expect(parsed.text.trim()).toBe(SECRET);
    expect(protection).toMatchObject({ opened: true, mixed: false });
  });

  test.each([
    ['without its key', async () => [await own(stranger)], 'noKey'],
    ['by a public key alone', async () => [await known(ours)], 'noKey'],
    ['by a revoked key', async () => [{ ...(await own(ours)), revoked: true }], 'noKey'],
  ])('stays closed %s', async (_name, keys, reason) => {
    const mail = protectedMail(encryptedOpenPgp(await encrypt(textEntity(SECRET), [ours])));
    const { parsed, protection, findings } = await open(mail, await keys());
    expect(protection).toMatchObject({ encrypted: true, opened: false, reason });
    expect(JSON.stringify(parsed)).not.toContain('figures are');
    expect(findings).toEqual(['protection.unopened']);
  });

  test('that was changed stays closed, wherever it was', async () => {
    const message = await openpgp.readMessage({ armoredMessage: await encrypt(textEntity(SECRET), [ours]) });
    const bytes = Buffer.from(message.write() as Uint8Array);
    for (let fromEnd = 2; fromEnd < 80; fromEnd += 11) {
      const changed = Buffer.from(bytes);
      changed[changed.length - fromEnd]! ^= 0x01;
      const armored = openpgp.armor(openpgp.enums.armor.message, new Uint8Array(changed));
      const { parsed, protection } = await open(protectedMail(encryptedOpenPgp(armored)), [await own(ours)]);
      expect(protection).toMatchObject({ opened: false, reason: 'damaged' });
      expect(JSON.stringify(parsed)).not.toContain('figures are');
    }
  });

  test('without integrity protection (EFAIL) stays closed and is marked', async () => {
    const literal = await openpgp.createMessage({ binary: Buffer.from(textEntity(SECRET)) });
    const sessionKey = { data: Buffer.alloc(16, 7), algorithm: 'aes128' } as const;
    const packet = new openpgp.SymmetricallyEncryptedDataPacket();
    const writable = packet as unknown as {
      packets: unknown;
      encrypt(algorithm: number, key: Uint8Array): Promise<void>;
    };
    writable.packets = literal.packets;
    await writable.encrypt(openpgp.enums.symmetric.aes128, sessionKey.data);
    const wrapped = await openpgp.encryptSessionKey({
      ...sessionKey,
      encryptionKeys: ours.publicKey,
      format: 'object',
    });
    wrapped.packets.push(packet);
    const mail = protectedMail(encryptedOpenPgp(wrapped.armor()));
    const { parsed, protection, findings } = await open(mail, [await own(ours)]);
    expect(protection).toMatchObject({ opened: false, reason: 'unauthenticated' });
    expect(JSON.stringify(parsed)).not.toContain('figures are');
    expect(findings).toEqual(['protection.unopened', 'protection.unauthenticated']);
  });

  test('that would unpack to more than is allowed stays closed', async () => {
    const bomb = await openpgp.createMessage({ binary: new Uint8Array(100 * 1024 * 1024) });
    const config = { preferredCompressionAlgorithm: openpgp.enums.compression.zip };
    const armored = await openpgp.encrypt({ message: bomb, encryptionKeys: ours.publicKey, config });
    expect(armored.length).toBeLessThan(1024 * 1024);
    const { protection } = await open(protectedMail(encryptedOpenPgp(armored)), [await own(ours)]);
    expect(protection).toMatchObject({ opened: false, reason: 'limit' });
  });

  test('with a compressed packet that is no OpenPGP inside stays closed', async () => {
    const packet = Buffer.concat([Buffer.from([0xa3, 0x01]), deflateSync(Buffer.from('nonsense'))]);
    const armored = openpgp.armor(openpgp.enums.armor.message, new Uint8Array(packet));
    const { protection } = await open(protectedMail(encryptedOpenPgp(armored)), [await own(ours)]);
    expect(protection).toMatchObject({ opened: false, reason: 'damaged' });
  });

  test.each(['', '-----BEGIN PGP MESSAGE-----\r\n\r\nnonsense\r\n-----END PGP MESSAGE-----', '\0\xff\x99'])(
    'that is no OpenPGP stays closed: %j',
    async (content) => {
      const { protection } = await open(protectedMail(encryptedOpenPgp(content)), [await own(ours)]);
      expect(protection).toMatchObject({ opened: false, reason: 'damaged' });
    },
  );
});

describe('multipart/signed', () => {
  const content = textEntity(SECRET).replace(/\r\n$/, '');

  test('is valid where the key of its author is known', async () => {
    const { parsed, protection, findings } = await open(
      protectedMail(signedOpenPgp(content, await detached(content, ada))),
      [await known(ada)],
    );
    expect(parsed.text.trim()).toBe(SECRET);
    expect(protection).toMatchObject({ encrypted: false, opened: false, reason: null });
    expect(protection.signatures).toMatchObject([{ status: 'valid', matchesFrom: true, coversAll: true }]);
    expect(findings).toEqual(['protection.signed']);
  });

  test('is invalid over other bytes', async () => {
    const mail = protectedMail(signedOpenPgp(content.replace('42', '52'), await detached(content, ada)));
    const { protection, findings } = await open(mail, [await known(ada)]);
    expect(protection.signatures).toMatchObject([{ status: 'invalid', signer: 'ada@sender.example' }]);
    expect(findings).toEqual(['protection.badSignature']);
  });

  test('of somebody else than its author says so', async () => {
    const mail = protectedMail(signedOpenPgp(content, await detached(content, stranger)));
    const { protection, findings } = await open(mail, [await known(ada), await known(stranger)]);
    expect(protection.signatures).toMatchObject([{ status: 'valid', matchesFrom: false }]);
    expect(findings).toEqual(['protection.signerMismatch']);
  });

  test('by a key that had expired is expired', async () => {
    const day = 24 * 3_600_000;
    const expired = await owner('Ada', 'ada@sender.example', {
      date: new Date(Date.now() - 10 * day),
      keyExpirationTime: 2 * 24 * 3_600,
    });
    const message = await openpgp.createMessage({ binary: Buffer.from(content) });
    const signAt = (date: Date) => openpgp.sign({ message, signingKeys: expired.privateKey, detached: true, date });
    const inForce = await signAt(new Date(Date.now() - 9 * day));
    const valid = await open(protectedMail(signedOpenPgp(content, inForce)), [await known(expired)]);
    expect(valid.protection.signatures).toMatchObject([{ status: 'valid' }]);
    const packet = await forced(message, expired, new Date(Date.now() - day));
    const late = await open(protectedMail(signedOpenPgp(content, packet)), [await known(expired)]);
    expect(late.protection.signatures).toMatchObject([{ status: 'expired' }]);
  });

  test('by a key that the organization has revoked is not trusted', async () => {
    const mail = protectedMail(signedOpenPgp(content, await detached(content, ada)));
    const { protection } = await open(mail, [{ ...(await known(ada)), revoked: true }]);
    expect(protection.signatures).toMatchObject([{ status: 'untrusted' }]);
  });

  /** A signature that the library refuses to make: by the packet itself. */
  async function forced(message: openpgp.Message<Uint8Array>, by: Owner, date: Date): Promise<string> {
    const packet = new openpgp.SignaturePacket() as openpgp.SignaturePacket & {
      sign(key: unknown, data: unknown, date: Date, detached: boolean, config: unknown): Promise<void>;
    };
    packet.signatureType = openpgp.enums.signature.binary;
    packet.publicKeyAlgorithm = by.privateKey.keyPacket.algorithm;
    packet.hashAlgorithm = openpgp.enums.hash.sha512;
    await packet.sign(by.privateKey.keyPacket, message.packets[0], date, true, openpgp.config);
    return openpgp.armor(openpgp.enums.armor.signature, packetBytes(packet));
  }

  function packetBytes(packet: openpgp.SignaturePacket): Uint8Array {
    const list = new openpgp.PacketList<openpgp.SignaturePacket>();
    list.push(packet);
    return list.write();
  }
});

describe('OpenPGP in the text itself', () => {
  test('is opened in its place', async () => {
    const armored = await encrypt(SECRET, [ours], { by: ada });
    const { parsed, protection } = await open(protectedMail(textEntity(`Hello\n\n${armored}\nBye`)), [
      await own(ours),
      await known(ada),
    ]);
    expect(parsed.text.replace(/\r/g, '').trim()).toMatch(/^Hello\n\nThe figures are 42 and 43: \S+\n+Bye$/);
    expect(parsed.newText).toContain('The figures are 42');
    expect(parsed.links.map(({ host }) => host)).toEqual(['figures.example']);
    expect(protection).toMatchObject({ kind: 'openpgp', encrypted: true, opened: true, mixed: false });
    expect(protection.signatures).toMatchObject([{ status: 'valid', coversAll: false }]);
  });

  test('stays as it is without its key', async () => {
    const armored = await encrypt(SECRET, [ours]);
    const { parsed, protection } = await open(protectedMail(textEntity(armored)), []);
    expect(parsed.text).toContain('BEGIN PGP MESSAGE');
    expect(protection).toMatchObject({ encrypted: true, opened: false, reason: 'noKey' });
  });

  test.each([
    ['utf-8', 'Grüße - aus Köln\n- mit Strich', undefined],
    ['iso-8859-1', 'Grüße aus Köln', 'latin1'],
  ] as const)('is verified where it is signed in clear, in %s', async (charset, text, encoding) => {
    const body = Buffer.from(text, encoding ?? 'utf8');
    const message = await openpgp.createMessage({
      binary: Buffer.from(body.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
    });
    const signature = await openpgp.sign({ message, signingKeys: ada.privateKey, detached: true });
    const escaped = body.toString('latin1').replace(/^-/gm, '- -');
    const clear = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${escaped}\n${signature}`;
    const entity = `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${clear.replace(/\r?\n/g, '\r\n')}`;
    const { parsed, protection } = await open(protectedMail(Buffer.from(entity, 'latin1')), [await known(ada)]);
    expect(parsed.text.trim()).toBe(text);
    expect(protection.signatures).toMatchObject([{ status: 'valid', coversAll: true }]);
  });

  test('that was signed by the library in clear is verified, and not where a word was changed', async () => {
    const message = await openpgp.createCleartextMessage({ text: SECRET });
    const clear = await openpgp.sign({ message, signingKeys: ada.privateKey });
    const good = await open(protectedMail(textEntity(clear)), [await known(ada)]);
    expect(good.parsed.text.trim()).toBe(SECRET);
    expect(good.protection.signatures).toMatchObject([{ status: 'valid' }]);
    const bad = await open(protectedMail(textEntity(clear.replace('42', '52'))), [await known(ada)]);
    expect(bad.protection.signatures).toMatchObject([{ status: 'invalid' }]);
  });

  test('that is only quoted is left alone', async () => {
    const quoted = (await encrypt(SECRET, [ours])).replace(/^/gm, '> ');
    const { parsed } = await open(protectedMail(textEntity(`Look:\n${quoted}`)), [await own(ours)]);
    expect(parsed.protection).toBeUndefined();
  });
});
