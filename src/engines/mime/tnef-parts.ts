import type { ParseLimits } from '../../domain/parsed-message.js';
import type { DefectList } from './defect-list.js';
import { readHeaderSection } from './header-section.js';
import type { Part } from './part.js';
import type { Readable, ReadableReader } from './readable.js';
import type { TnefBody } from './tnef.js';
import type { TnefFile } from './tnef-attachment.js';

/** What lies in a TNEF stream has no fields of its own: a part of nothing but what the stream says. */
function partInside(tnef: Part, path: string, bytes: Buffer, contentType: string): Part {
  return {
    path,
    depth: tnef.depth + 1,
    parent: tnef,
    children: [],
    fields: [],
    source: bytes,
    start: 0,
    bodyStart: 0,
    bodyEnd: bytes.length,
    contentType,
    charset: undefined,
    flowed: false,
    delSp: false,
    boundary: null,
    // None of MIME's: a message among the files is split from its own bytes.
    encoding: 'tnef',
    disposition: null,
    filename: null,
    contentId: null,
  };
}

/** A file of a TNEF stream as a part, `2.tnef.1`. */
export function tnefFilePart(tnef: Part, file: TnefFile, number: number): Part {
  const part = partInside(tnef, `${tnef.path || '1'}.tnef.${number}`, file.bytes, file.contentType);
  return { ...part, filename: file.filename, contentId: file.contentId };
}

/** The root of a message that a TNEF stream is, with the header section that it stated. */
export function tnefRoot(tnef: Part, header: Buffer, limits: ParseLimits, defects: DefectList): Part {
  const part = partInside(tnef, `${tnef.path || '1'}.tnef`, header, 'text/plain');
  return { ...part, fields: readHeaderSection(header, 0, limits, () => false, defects).fields };
}

/** Reads the bodies: the first of each kind as the message's, another one of that kind for its links alone. */
export function readTnefBodies(
  tnef: Part,
  bodies: readonly TnefBody[],
  texts: ReadableReader,
  of: Part | null,
): Readable[] {
  const readables: Readable[] = [];
  for (const { kind, bytes, charset } of bodies) {
    const part = partInside(tnef, `${tnef.path || '1'}.tnef`, bytes, kind === 'html' ? 'text/html' : 'text/plain');
    const readable: Readable = { ...texts.read({ ...part, charset }, bytes, of), fallback: true };
    const earlier = readables.filter((candidate) => candidate.shown.trim() !== '');
    if (earlier.some((candidate) => candidate.kind === readable.kind)) takeLinksAlone(readable);
    else if (earlier.some((candidate) => candidate.kind === 'plain')) readable.covered = true;
    readables.push(readable);
  }
  return readables;
}

/** Text and HTML of TNEF streams stand in where the message, or the one inside it, has none of its own. */
export function coverTnefBodies(readables: readonly Readable[]): void {
  const messages = new Map<Part | null, Readable[]>();
  for (const readable of readables) {
    const group = messages.get(readable.of);
    if (group === undefined) messages.set(readable.of, [readable]);
    else group.push(readable);
  }
  for (const group of messages.values()) {
    const own = group.filter((readable) => !readable.fallback);
    const text = own.some((readable) => !readable.covered && readable.shown.trim() !== '');
    const html = own.some((readable) => readable.kind === 'html');
    for (const readable of group) {
      if (!readable.fallback) continue;
      if (text) readable.covered = true;
      if (html && readable.kind === 'html') takeLinksAlone(readable);
    }
  }
}

/** Covered plain text is in no body; its links count. */
function takeLinksAlone(readable: Readable): void {
  readable.kind = 'plain';
  readable.covered = true;
}
