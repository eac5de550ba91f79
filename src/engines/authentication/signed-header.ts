import { DEFAULT_PARSE_LIMITS } from '../../domain/parsed-message.js';
import { DefectList } from '../mime/defect-list.js';
import { type RawField, readHeaderSection } from '../mime/header-section.js';

export interface SignedHeader {
  fields: readonly RawField[];
  bodyStart: number;
  signatures: { domain: string | null; selector: string | null; algorithm: string | null }[];
  arcSets: number;
  /** Names in their lists of signed fields (`h=`), at most. */
  signedNames: number;
  /** How often the body has to be hashed: once for each canonicalization and length. */
  bodyHashes: number;
  /** The section is longer than is read: not all that it claims is here. */
  isCut: boolean;
}

const MAX_FIELD = 8_192;

/** What the header section claims of its signatures, unverified. */
export function signedHeader(raw: Buffer): SignedHeader {
  const defects = new DefectList();
  const { fields, bodyStart } = readHeaderSection(raw, 0, DEFAULT_PARSE_LIMITS, () => false, defects);
  const signatures = fields.filter((field) => field.key === 'dkim-signature');
  const arcSets = fields.filter((field) => field.key === 'arc-seal').length;
  const hashes = signatures.map(({ bytes }) => `${tag(bytes, 'c') ?? ''} ${tag(bytes, 'l') ?? ''}`);
  return {
    fields,
    bodyStart,
    signatures: signatures.map(({ bytes }) => ({
      domain: tag(bytes, 'd')?.toLowerCase() ?? null,
      selector: tag(bytes, 's'),
      algorithm: tag(bytes, 'a')?.toLowerCase() ?? null,
    })),
    arcSets,
    signedNames: fields
      .filter(({ key }) => key === 'dkim-signature' || key === 'arc-message-signature')
      .reduce((sum, { bytes }) => sum + bytes.split(':').length, 0),
    bodyHashes: new Set(hashes).size + Math.min(arcSets, 1),
    isCut: defects.toArray().some(({ code }) => code === 'header.size'),
  };
}

/** One tag of a tag list (RFC 6376 3.2). */
function tag(list: string, name: string): string | null {
  for (const entry of list.slice(0, MAX_FIELD).split(';')) {
    const equals = entry.indexOf('=');
    if (equals !== -1 && entry.slice(0, equals).trim() === name)
      return entry
        .slice(equals + 1)
        .trim()
        .slice(0, 255);
  }
  return null;
}
