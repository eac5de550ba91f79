import type { DefectList } from './defect-list.js';

/**
 * What stands between `begin` and `end` of a uuencoded part, several files joined. Text around them is not part of any
 * file and marked, as is a part that holds none, which is given as it stands.
 */
export function decodeUu(body: Buffer, path: string, defects: DefectList): Buffer {
  const pieces: Buffer[] = [];
  const lines = body.toString('latin1').split(/\r?\n/);
  let inside = false;
  let files = 0;
  let around = 0;
  for (const line of lines) {
    if (!inside) {
      inside = /^begin [0-7]{3,4} /.test(line);
      if (inside) files += 1;
      else around += line.trim() === '' ? 0 : 1;
      continue;
    }
    const length = (line.charCodeAt(0) - 32) & 0x3f;
    if (line === 'end') inside = false;
    else if (line !== '' && length > 0) pieces.push(decodeUuLine(line, length));
  }
  if (files === 0) {
    defects.add(
      'mime.uuencode',
      `Part ${path || '1'} claims to be uuencoded and holds no file; it was taken as it stands.`,
    );
    return body;
  }
  if (around > 0) {
    defects.add(
      'mime.uuencode',
      `Part ${path || '1'} has ${around} lines around its uuencoded file; they were not read.`,
    );
  }
  return Buffer.concat(pieces);
}

function decodeUuLine(line: string, length: number): Buffer {
  const bytes: number[] = [];
  const value = (index: number): number => (line.charCodeAt(index) - 32) & 0x3f;
  for (let index = 1; index < line.length && bytes.length < length; index += 4) {
    const triple = (value(index) << 18) | (value(index + 1) << 12) | (value(index + 2) << 6) | value(index + 3);
    bytes.push((triple >> 16) & 0xff, (triple >> 8) & 0xff, triple & 0xff);
  }
  return Buffer.from(bytes.slice(0, length));
}
