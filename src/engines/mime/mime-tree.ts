import type { MimePart } from '../../domain/parsed-message.js';
import { isMessage, isMultipart, type Part } from './part.js';

/** What was made of a part, by part; a part that is not in it lies beyond a limit. */
export type PartFacts = ReadonlyMap<Part, { role: MimePart['role']; size: number }>;

/** The MIME tree as later steps see it. Its depth and its number of parts are those of the parser's limits. */
export function mimeTree(part: Part, facts: PartFacts): MimePart {
  const known = facts.get(part);
  const holds = isMultipart(part) || isMessage(part);
  return {
    part: part.path,
    contentType: part.contentType,
    disposition: part.disposition,
    filename: part.filename?.slice(0, 255) ?? null,
    contentId: part.contentId,
    size: known?.size ?? part.bodyEnd - part.bodyStart,
    role: known?.role ?? (isMultipart(part) ? 'multipart' : 'cut'),
    children: holds ? part.children.map((child) => mimeTree(child, facts)) : [],
  };
}
