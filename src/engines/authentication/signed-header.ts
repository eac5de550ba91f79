import { DEFAULT_PARSE_LIMITS } from '../../domain/parsed-message.js';
import { DefectList } from '../mime/defect-list.js';
import { readHeaderSection } from '../mime/header-section.js';

export interface SignedHeader {
  signatures: { domain: string | null; selector: string | null; algorithm: string | null }[];
  arcSets: number;
  /** The header section alone, less its signatures. */
  withoutSignatures(): Buffer;
}

const MAX_FIELD = 8_192;

/** What the header section claims of its signatures, unverified. */
export function signedHeader(raw: Buffer): SignedHeader {
  const { fields } = readHeaderSection(raw, 0, DEFAULT_PARSE_LIMITS, () => false, new DefectList());
  const signatures = fields.filter((field) => field.key === 'dkim-signature');
  return {
    signatures: signatures.map(({ bytes }) => ({
      domain: tag(bytes, 'd')?.toLowerCase() ?? null,
      selector: tag(bytes, 's'),
      algorithm: tag(bytes, 'a')?.toLowerCase() ?? null,
    })),
    arcSets: fields.filter((field) => field.key === 'arc-seal').length,
    withoutSignatures: () => {
      const kept = fields.filter((field) => field.key !== 'dkim-signature' && !field.key.startsWith('arc-'));
      return Buffer.from(`${kept.map((field) => `${field.name}: ${field.bytes}\r\n`).join('')}\r\n`, 'latin1');
    },
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
