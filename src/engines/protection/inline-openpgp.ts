import { isUtf8 } from 'node:buffer';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { DefectList } from '../mime/defect-list.js';
import { parseMessage } from '../mime/parse-message.js';
import type { Part } from '../mime/part.js';
import { splitReply } from '../mime/reply-text.js';
import { decodedBytes } from '../mime/transfer-encoding.js';
import { armorBlocks, hasArmor, readCleartextSigned } from './armor.js';
import { Closed } from './closed.js';
import { openOpenPgp } from './openpgp-message.js';
import { verifyDetached } from './openpgp-signature.js';
import type { OpeningSession } from './opening-session.js';

const CHARSET = /^Charset: ([\w.:-]{1,40})\s*$/im;
const MAX_TEXT_PARTS = 20;

/** Opens the OpenPGP blocks that stand in the text itself: each is replaced by its text, and never by HTML. */
export async function openInline(
  root: Part,
  parsed: ParsedMessage,
  session: OpeningSession,
  depth: number,
): Promise<ParsedMessage> {
  const blocks = armorBlocks(parsed.text);
  if (blocks.length === 0) return parsed;
  const signed = signedTexts(root);
  let text = '';
  let links = parsed.links;
  let pos = 0;
  for (const block of blocks) {
    const armored = parsed.text.slice(block.start, block.end);
    const alone = parsed.text.slice(0, block.start).trim() === '' && parsed.text.slice(block.end).trim() === '';
    text += parsed.text.slice(pos, block.start);
    pos = block.end;
    if (block.kind === 'signed') {
      text += await verifyBlock(armored, signed.shift() ?? null, alone, session);
      continue;
    }
    const inner = await openBlock(armored, alone, parsed.html !== null, session, depth);
    text += inner?.text ?? armored;
    links = [...links, ...(inner?.links ?? [])].slice(0, session.limits.links);
  }
  text = (text + parsed.text.slice(pos)).slice(0, session.limits.textCharacters);
  return { ...parsed, text, links, ...splitReply(text) };
}

/** The cleartext signatures of the text parts, byte by byte: a charset or flowed lines would change what was signed. */
function signedTexts(root: Part): string[] {
  const texts: string[] = [];
  const open = [root];
  let parts = 0;
  for (let part = open.pop(); part !== undefined && parts < MAX_TEXT_PARTS; part = open.pop()) {
    open.push(...part.children.toReversed());
    if (part.contentType !== 'text/plain' || part.disposition === 'attachment') continue;
    parts += 1;
    const text = decodedBytes(part, new DefectList()).toString('latin1');
    if (!hasArmor(text)) continue;
    const blocks = armorBlocks(text).filter(({ kind }) => kind === 'signed');
    texts.push(...blocks.map(({ start, end }) => text.slice(start, end)));
  }
  return texts;
}

/** @returns the text that was signed; the block as it is where that cannot be told */
async function verifyBlock(
  shown: string,
  bytes: string | null,
  alone: boolean,
  session: OpeningSession,
): Promise<string> {
  const signed = bytes === null ? null : readCleartextSigned(bytes);
  const readable = readCleartextSigned(shown);
  if (signed === null || readable === null) return shown;
  const content = Buffer.from(signed.text, 'latin1');
  const signature = Buffer.from(signed.signature, 'latin1');
  const results = await verifyDetached(content, signature, await session.publicKeys, session.context);
  session.sign('openpgp', results, alone);
  return readable.text.replaceAll('\r\n', '\n');
}

/** Null where it stays closed. */
async function openBlock(
  armored: string,
  alone: boolean,
  besideHtml: boolean,
  session: OpeningSession,
  depth: number,
): Promise<ParsedMessage | null> {
  try {
    session.begin('openpgp', depth);
    const { content, encrypted, signatures } = await openOpenPgp(armored, session.context, session.bytesLeft);
    session.take(content);
    session.sign('openpgp', signatures, alone);
    if (encrypted) session.opened(true, besideHtml);
    const charset = isUtf8(content) ? 'utf-8' : (CHARSET.exec(armored)?.[1] ?? 'windows-1252');
    const head = Buffer.from(`Content-Type: text/plain; charset=${charset}\r\n\r\n`);
    return await parseMessage(Buffer.concat([head, content]), session.limits);
  } catch (error) {
    session.stayedClosed(error instanceof Closed ? error.reason : 'damaged');
    return null;
  }
}
