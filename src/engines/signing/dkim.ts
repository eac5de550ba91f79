import { sign as cryptoSign, createHash, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimAlgorithm } from '../../domain/domains/dkim-key.js';
import { dkimBodyHash } from './body-hash.js';
import { readHeaderFields, relaxedField, type HeaderField } from './relaxed-header.js';

export interface DkimSigningKey {
  selector: string;
  algorithm: DkimAlgorithm;
  privateKey: KeyObject;
}

export interface DkimOptions {
  /** `d=`: in A-labels and small letters. */
  domain: string;
  signTime: Date;
}

/** Fields to be put before the message, each with its line break, one a key; or why it cannot be signed. */
export type DkimSignatures = { fields: string } | { refused: string };

/** Named once more than they occur: who adds another one breaks the signature (RFC 6376 8.15). */
const OVERSIGNED = [
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'reply-to',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
] as const;
/** As often as they occur: mailing lists may add theirs. RFC 8058 3.1 asks for the two of List-Unsubscribe. */
const SIGNED = [
  'sender',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-id',
  'list-help',
  'list-archive',
  'list-post',
  'list-subscribe',
  'list-owner',
  'auto-submitted',
  'feedback-id',
  'autocrypt',
  'openpgp',
  'resent-from',
  'resent-to',
  'resent-cc',
  'resent-date',
  'resent-message-id',
  'resent-sender',
] as const;
/** RFC 5322 2.1.1. */
const LINE = 76;

const signInThread = promisify(
  (algorithm: string | null, data: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
    cryptoSign(algorithm, data, key, done),
);

/**
 * Signs a message (RFC 6376, RFC 8463) as it leaves: relaxed/relaxed, SHA-256, no `l=`; RFC 8301 keeps to 1,024 bits of
 * RSA at least. The signatures do not cover each other, and stand in the order of the keys. The arithmetic runs in
 * Node's thread pool.
 *
 * @param header the header section with CRLF line ends, with or without the empty line behind it
 * @param bodyHash of DkimBodyHash, over all behind that line
 * @throws Error for a key that does not fit its algorithm; it does not show the key
 */
export async function signHeader(
  header: Buffer,
  bodyHash: string,
  keys: readonly DkimSigningKey[],
  options: DkimOptions,
): Promise<DkimSignatures> {
  const fields = readHeaderFields(header);
  if (fields === null) return { refused: 'its header section has a line that is no field' };
  const authors = fields.filter(({ name }) => name === 'from').length;
  // RFC 6376 5.4: From is always signed; RFC 5322 3.6: there is one, or verifiers and readers would see different ones.
  if (authors !== 1) return { refused: authors === 0 ? 'it has no From field' : 'it has more than one From field' };
  const { names, canonical } = signedFields(fields);
  const signatures = await Promise.all(
    keys.map(async (key) => {
      const unsigned = signatureField(key, names, bodyHash, options);
      const data = Buffer.from(canonical + relaxedField(unsigned), 'latin1');
      return `${unsigned}${folded(await signature(key, data))}\r\n`;
    }),
  );
  return { fields: signatures.join('') };
}

/** The same for a message in one piece. */
export async function signMessage(
  bytes: Buffer,
  keys: readonly DkimSigningKey[],
  options: DkimOptions,
): Promise<DkimSignatures> {
  const end = headerEnd(bytes);
  return signHeader(bytes.subarray(0, end), dkimBodyHash(bytes.subarray(end)), keys, options);
}

/** Where the body begins: behind the first empty line, or at the end. */
export function headerEnd(bytes: Buffer): number {
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return 2;
  const at = bytes.indexOf('\r\n\r\n');
  return at === -1 ? bytes.length : at + 4;
}

/** What is hashed of the header section, and its names in that order (RFC 6376 5.4.2: of equal ones the last first). */
function signedFields(fields: readonly HeaderField[]): { names: string[]; canonical: string } {
  const byName = Map.groupBy(fields, ({ name }) => name);
  const names: string[] = [];
  const canonical: string[] = [];
  for (const name of [...OVERSIGNED, ...SIGNED]) {
    for (const { raw } of byName.get(name)?.toReversed() ?? []) {
      names.push(name);
      canonical.push(`${relaxedField(raw)}\r\n`);
    }
  }
  return { names: [...names, ...OVERSIGNED], canonical: canonical.join('') };
}

/** The field up to `b=`, whose value is empty while it is signed (RFC 6376 3.7). */
function signatureField(
  { selector, algorithm }: DkimSigningKey,
  names: readonly string[],
  bodyHash: string,
  { domain, signTime }: DkimOptions,
): string {
  const lines = [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain};`,
    ` s=${selector}; t=${Math.floor(signTime.getTime() / 1000)};`,
    ...wrapped(names),
    ` bh=${bodyHash};`,
    ' b=',
  ];
  return lines.join('\r\n');
}

function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = ' h=';
  for (const [index, name] of names.entries()) {
    const piece = index === names.length - 1 ? `${name};` : `${name}:`;
    if (line.length + piece.length > LINE) {
      lines.push(line);
      line = '  ';
    }
    line += piece;
  }
  return [...lines, line];
}

async function signature({ algorithm, privateKey }: DkimSigningKey, data: Buffer): Promise<Buffer> {
  const expected = algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519';
  if (privateKey.asymmetricKeyType !== expected) throw new Error(`a key for ${algorithm} is no ${expected} key`);
  if (expected === 'rsa') return signInThread('sha256', data, privateKey);
  // RFC 8463 3: PureEdDSA over the SHA-256 of the data.
  return signInThread(null, createHash('sha256').update(data).digest(), privateKey);
}

function folded(value: Buffer): string {
  const text = value.toString('base64');
  const pieces = [text.slice(0, LINE - 4)];
  for (let at = LINE - 4; at < text.length; at += LINE - 2) pieces.push(text.slice(at, at + LINE - 2));
  return pieces.join('\r\n  ');
}
