import type { Part } from '../mime/part.js';

const LF = 0x0a;
const CR = 0x0d;

/**
 * The bytes that a multipart/signed signs (RFC 1847 2.1): its first part, header section included, up to the line end
 * before the delimiter of the signature.
 */
export function signedBytes(content: Part, signature: Part): Buffer {
  const { source } = content;
  let end = source.lastIndexOf(LF, signature.start - 2) + 1;
  if (end > content.start && source[end - 1] === LF) end -= 1;
  if (end > content.start && source[end - 1] === CR) end -= 1;
  return canonical(source.subarray(content.start, Math.max(content.start, end)));
}

/** What is signed has CRLF (RFC 8551 3.1.1); a mailbox that keeps lines by LF alone has changed every one of them. */
function canonical(bytes: Buffer): Buffer {
  if (bytes.includes('\r\n') || !bytes.includes(LF)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
