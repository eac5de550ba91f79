import * as openpgp from 'openpgp';
import type { MailKeyMaterial, SignatureResult, SignatureStatus } from '../../domain/protection.js';
import type { SignatureContext } from './signature-context.js';
import { unreadableSignature } from './unreadable-signature.js';

const MAX_SIGNATURES = 10;

/** What the library gives for one signature. */
export interface Verification {
  keyID: { toHex(): string };
  verified: Promise<true>;
  signature: Promise<openpgp.Signature>;
}

/**
 * Verifies a detached signature (RFC 3156 5).
 *
 * @param content what was signed, byte by byte
 */
export async function verifyDetached(
  content: Buffer,
  signature: Buffer,
  verificationKeys: openpgp.PublicKey[],
  context: SignatureContext,
): Promise<SignatureResult[]> {
  try {
    const armored = signature.includes('-----BEGIN PGP');
    const read = armored
      ? await openpgp.readSignature({ armoredSignature: signature.toString('latin1') })
      : await openpgp.readSignature({ binarySignature: new Uint8Array(signature) });
    const message = await openpgp.createMessage({ binary: new Uint8Array(content) });
    const { signatures } = await openpgp.verify({
      message,
      signature: read,
      verificationKeys,
      date: signedBy(context),
    });
    const results = await signatureResults(signatures, context);
    return results.length > 0 ? results : [unreadableSignature('openpgp', 'it holds no signature over a message')];
  } catch {
    return [unreadableSignature('openpgp', 'the signature cannot be read')];
  }
}

/** Whoever signs has a clock of their own: a signature of the next hour is no forgery. */
const CLOCK_MS = 60 * 60_000;

/** When a signature must have been made by. Whether its key was in force is asked for the time that it states. */
export function signedBy({ receivedAt }: SignatureContext): Date {
  return new Date(receivedAt.getTime() + CLOCK_MS);
}

/** Results of the first signatures, one each. */
export async function signatureResults(
  verifications: readonly Verification[],
  context: SignatureContext,
): Promise<SignatureResult[]> {
  const results: SignatureResult[] = [];
  for (const verification of verifications.slice(0, MAX_SIGNATURES)) {
    results.push(await resultOf(verification, context));
  }
  return results;
}

async function resultOf(verification: Verification, { keys, from }: SignatureContext): Promise<SignatureResult> {
  const keyId = verification.keyID.toHex();
  const key = keys.find(({ kind, keyIds }) => kind === 'openpgp' && keyIds.includes(keyId));
  const packet = (await verification.signature.catch(() => null))?.packets[0];
  const verdict = await verification.verified.then(
    () => (key?.revoked ? REVOKED : VALID),
    (error: unknown) => verdictOn(error instanceof Error ? error.message : ''),
  );
  return {
    kind: 'openpgp',
    ...verdict,
    signer: signerOf(key, from) ?? keyId,
    algorithm: packet === undefined ? null : algorithmOf(packet),
    matchesFrom: from.length > 0 && from.every((address) => key?.addresses.includes(address) ?? false),
    coversAll: false,
    issuer: null,
    validFrom: null,
    validTo: null,
    signedAt: packet?.created?.toISOString() ?? null,
    fingerprint: key?.fingerprint ?? null,
  };
}

interface Verdict {
  status: SignatureStatus;
  reason: string | null;
}

const VALID: Verdict = { status: 'valid', reason: null };
const REVOKED: Verdict = { status: 'untrusted', reason: 'the organization has revoked this key' };

/** The library tells its errors apart by their texts alone; the signature itself is checked before all else. */
function verdictOn(message: string): Verdict {
  if (/Could not find signing key/.test(message)) return { status: 'unknownKey', reason: 'its key is not known' };
  if (/digest did not match|Signature verification failed/.test(message)) {
    return { status: 'invalid', reason: 'the signed bytes are not those that were signed' };
  }
  if (/expired/i.test(message)) return { status: 'expired', reason: 'the key or the signature had expired' };
  if (/in the future|newer than/.test(message)) {
    return { status: 'invalid', reason: 'it was made at a time that cannot be' };
  }
  if (/revoked/i.test(message)) return { status: 'untrusted', reason: 'its key was revoked by its owner' };
  if (/insecure|rejected|weak|shorter|considered|not supported|unsupported|unknown/i.test(message)) {
    return { status: 'untrusted', reason: 'it was made by an algorithm that is broken or not supported' };
  }
  return { status: 'invalid', reason: 'the signature does not hold' };
}

function signerOf(key: MailKeyMaterial | undefined, from: readonly string[]): string | undefined {
  return key?.addresses.find((address) => from.includes(address)) ?? key?.addresses[0];
}

function algorithmOf({ hashAlgorithm, publicKeyAlgorithm }: openpgp.SignaturePacket): string | null {
  if (hashAlgorithm === null || publicKeyAlgorithm === null) return null;
  return `${openpgp.enums.read(openpgp.enums.hash, hashAlgorithm)} ${openpgp.enums.read(openpgp.enums.publicKey, publicKeyAlgorithm)}`;
}
