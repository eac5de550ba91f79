import { isAscii, isUtf8 } from 'node:buffer';
import { decodeBase64 } from './base64.js';
import type { DefectList } from './defect-list.js';
import type { Part } from './part.js';
import { decodeQuotedPrintable } from './quoted-printable.js';
import { decodeUu } from './uuencode.js';

/** The decoded bytes of a leaf part. What cannot be decoded is given as it stands and marked. */
export function decodedBytes(part: Part, defects: DefectList): Buffer {
  const body = part.source.subarray(part.bodyStart, part.bodyEnd);
  switch (part.encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return body;
    case 'base64':
      return decodedBase64(part, body, defects);
    case 'quoted-printable':
      return decodeQuotedPrintable(body);
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return decodeUu(body, part.path, defects);
    default:
      defects.add(
        'mime.encoding',
        `The transfer encoding "${part.encoding}" is unknown; the bytes were taken as they stand.`,
      );
      return body;
  }
}

/** Readers skip what is not base64 (RFC 2045 6.8). A text that decodes to no text was never encoded, though. */
function decodedBase64(part: Part, body: Buffer, defects: DefectList): Buffer {
  const { bytes, foreign, rest } = decodeBase64(body);
  const where = `in part ${part.path || '1'}`;
  if (foreign > 0 && part.contentType.startsWith('text/') && isAscii(body) && !isText(bytes)) {
    defects.add('mime.base64', `The text ${where} claims to be base64 and is not; it was taken as it stands.`);
    return body;
  }
  if (foreign > 0) {
    defects.add('mime.base64', `The base64 ${where} holds ${foreign} foreign characters, which were skipped.`);
  }
  if (rest === 'decoded') {
    defects.add('mime.base64', `The base64 ${where} goes on behind its padding; all of it was decoded.`);
  } else if (rest === 'skipped') {
    defects.add('mime.base64', `What follows the padding of the base64 ${where} is not base64; it was skipped.`);
  }
  return bytes;
}

function isText(bytes: Buffer): boolean {
  // eslint-disable-next-line no-control-regex
  return isUtf8(bytes) && !/[\x00-\x08\x0e-\x1f]/.test(bytes.toString('latin1', 0, 64 * 1024));
}
