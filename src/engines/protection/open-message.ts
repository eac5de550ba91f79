import type { ParsedMessage, ParseLimits } from '../../domain/parsed-message.js';
import type { Opening } from '../../domain/protection.js';
import { DefectList } from '../mime/defect-list.js';
import { parseMessage } from '../mime/parse-message.js';
import { isIdentity, isMessage, type Part } from '../mime/part.js';
import { splitParts } from '../mime/split-parts.js';
import { decodedBytes } from '../mime/transfer-encoding.js';
import { Closed } from './closed.js';
import { decompressed, readCms } from './cms.js';
import { openInline } from './inline-openpgp.js';
import { isWhole, mergeOpened } from './merge-opened.js';
import { openOpenPgp } from './openpgp-message.js';
import { verifyDetached } from './openpgp-signature.js';
import { OpeningSession } from './opening-session.js';
import { protectedParts, type ProtectedPart } from './protected-parts.js';
import { fieldsOf, protectedFields, withProtectedFields, type ProtectedFields } from './protected-fields.js';
import { signedBytes } from './signed-bytes.js';
import { openAuthEnvelopedData, openEnvelopedData } from './smime-envelope.js';
import { signedContent, verifySignedData } from './smime-signature.js';
import { unreadableSignature } from './unreadable-signature.js';

/**
 * Reads a message with what is encrypted in it opened and what is signed in it verified, as far as the keys go. Never
 * throws on what a mail holds; fetches nothing.
 */
export async function openMessage(raw: Buffer, limits: ParseLimits, opening: Opening): Promise<ParsedMessage> {
  const outer = await parseMessage(raw, limits);
  const from = outer.from.map(({ address }) => address.toLowerCase());
  const session = new OpeningSession(opening, limits, from, outer.date);
  const { parsed, fields } = await openEntity(raw, outer, session, 0);
  const result = session.result();
  if (result === null) return parsed;
  const titled = withProtectedFields(parsed, fields);
  const authorKeys = [...session.authorKeys(), ...(parsed.authorKeys ?? [])];
  return {
    ...titled.parsed,
    ...(authorKeys.length > 0 ? { authorKeys } : {}),
    protection: { ...result, subject: titled.subject, differs: titled.differs },
  };
}

interface OpenedEntity {
  parsed: ParsedMessage;
  /** Of the message, as its protected part states them; the innermost count. */
  fields: ProtectedFields | null;
}

/** @param depth layers that it lies in */
async function openEntity(
  raw: Buffer,
  read: ParsedMessage,
  session: OpeningSession,
  depth: number,
): Promise<OpenedEntity> {
  const { root } = splitParts(raw, session.limits, new DefectList());
  let parsed = await openInline(root, read, session, depth);
  let fields = depth === 0 ? null : protectedFields(root);
  for (const found of protectedParts(root)) {
    const coversAll = found.part === root;
    if (found.form === 'signed') {
      await verifyPart(found, coversAll, session);
      if (coversAll) fields = protectedFields(found.content) ?? fields;
      continue;
    }
    const opened = await openPart(found, parsed, coversAll, session, depth);
    parsed = opened?.parsed ?? parsed;
    fields = opened?.fields ?? fields;
  }
  return { parsed, fields };
}

type SignedPart = Extract<ProtectedPart<Part>, { form: 'signed' }>;
type SealedPart = Exclude<ProtectedPart<Part>, { form: 'signed' }>;

async function verifyPart({ kind, part, content, signature }: SignedPart, isRoot: boolean, session: OpeningSession) {
  try {
    session.begin(kind, 0);
    const bytes = signedBytes(content, signature);
    const sent = decodedBytes(signature, new DefectList());
    const results =
      kind === 'openpgp'
        ? await verifyDetached(bytes, sent, await session.publicKeys, session.context)
        : await verifySignedData(signedDataOf(sent), bytes, session.context);
    // A third part would be shown beside the signed one.
    session.sign(kind, results, isRoot && part.children.length === 2);
  } catch (error) {
    const why = reasonOf(error) === 'limit' ? 'there are too many signatures' : 'the signature cannot be read';
    session.sign(kind, [unreadableSignature(kind, why)], false);
  }
}

function signedDataOf(bytes: Buffer) {
  const { form, block } = readCms(bytes);
  if (form !== 'signed') throw new Closed('damaged');
  return block;
}

/** Null where it stays closed. */
async function openPart(
  found: SealedPart,
  outer: ParsedMessage,
  isRoot: boolean,
  session: OpeningSession,
  depth: number,
): Promise<OpenedEntity | null> {
  const signaturesBefore = session.signatures.length;
  let layer: Layer | null;
  try {
    session.begin(found.form === 'openpgp' ? 'openpgp' : 'smime', depth);
    layer = await layerOf(found, isRoot, session);
    if (layer === null) return null;
    session.take(layer.content);
  } catch (error) {
    session.stayedClosed(reasonOf(error));
    return null;
  }
  const whole = isWhole(outer);
  const message = wrappedMessage(layer.content, session.limits);
  const content = message?.content ?? layer.content;
  const entity = await parseMessage(content, session.limits);
  const inner = await openEntity(content, entity, session, depth + 1);
  if (layer.encrypted) {
    const signed = session.signatures.slice(signaturesBefore).some(({ status }) => status === 'valid');
    session.opened(layer.authenticated || signed, !whole && outer.html !== null);
  }
  const { part } = found;
  const carriers = [part, ...part.children].map(({ path }) => path || '1');
  return {
    parsed: mergeOpened(outer, { part: part.path, carriers }, inner.parsed, session.limits),
    fields: whole ? (inner.fields ?? message?.fields ?? null) : null,
  };
}

interface Layer {
  content: Buffer;
  encrypted: boolean;
  authenticated: boolean;
}

/** What one layer holds; its own signatures are noted. Null for CMS that holds no content (certificates alone). */
async function layerOf(found: SealedPart, coversAll: boolean, session: OpeningSession): Promise<Layer | null> {
  const { context, certificates } = session;
  if (found.form === 'openpgp') {
    const sent = decodedBytes(found.data, new DefectList());
    const message = sent.includes('-----BEGIN PGP MESSAGE') ? sent.toString('latin1') : sent;
    const { content, encrypted, signatures } = await openOpenPgp(message, context, session.bytesLeft);
    session.sign('openpgp', signatures, coversAll);
    return { content, encrypted, authenticated: true };
  }
  const { form, block } = readCms(decodedBytes(found.part, new DefectList()));
  switch (form) {
    case 'enveloped':
      return { ...openEnvelopedData(block, certificates), encrypted: true };
    case 'authEnveloped':
      return { ...openAuthEnvelopedData(block, certificates), encrypted: true };
    case 'compressed':
      return { content: decompressed(block, session.bytesLeft), encrypted: false, authenticated: false };
    case 'signed': {
      const content = signedContent(block);
      if (content === null) return null;
      session.sign('smime', await verifySignedData(block, null, context), coversAll);
      return { content, encrypted: false, authenticated: false };
    }
  }
}

/** A message that is protected whole, header section and all (RFC 8551 3.1). */
function wrappedMessage(entity: Buffer, limits: ParseLimits): { content: Buffer; fields: ProtectedFields } | null {
  const { root } = splitParts(entity, limits, new DefectList());
  const [message] = root.children;
  if (!isMessage(root) || !isIdentity(root) || message === undefined) return null;
  return { content: root.source.subarray(root.bodyStart, root.bodyEnd), fields: fieldsOf(message) };
}

/** Whatever a library throws on hostile input means that the part cannot be read. */
function reasonOf(error: unknown): Closed['reason'] {
  return error instanceof Closed ? error.reason : 'damaged';
}
