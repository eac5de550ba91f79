import { createHash } from 'node:crypto';
import { DEFAULT_PARSE_LIMITS, type Attachment } from '../../domain/parsed-message.js';
import { DefectList } from './defect-list.js';
import type { Part } from './part.js';
import { splitParts } from './split-parts.js';
import { decodedBytes } from './transfer-encoding.js';

/** The bytes of an attachment that stands in the MIME tree itself; null for one inside something else (TNEF, encrypted). */
export function attachmentBytes(raw: Buffer, { part, sha256 }: Pick<Attachment, 'part' | 'sha256'>): Buffer | null {
  const defects = new DefectList();
  const found = partAt(splitParts(raw, DEFAULT_PARSE_LIMITS, defects).root, part);
  if (found === null) return null;
  const bytes = decodedBytes(found, defects);
  return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null;
}

function partAt(root: Part, path: string): Part | null {
  const open = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if ((part.path === '' ? '1' : part.path) === path && part.children.length === 0) return part;
    open.push(...part.children);
  }
  return null;
}
