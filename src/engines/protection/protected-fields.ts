import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { Protection } from '../../domain/protection.js';
import { DefectList } from '../mime/defect-list.js';
import { MessageFields } from '../mime/message-fields.js';
import type { Part } from '../mime/part.js';

/** RFC 9788 4.3.1, and what mail programs wrote before it. */
const HAS_FIELDS = /;\s*(?:protected-headers\s*=\s*"?v1|hp\s*=\s*"?(?:clear|cipher))/i;
/** What stands for a Subject that is encrypted; an empty one does too. */
const PLACEHOLDER = /^(?:\.{3}|\u2026|\[(?:\.{3}|\u2026)\]|encrypted message)?$/i;

/** Header fields of the message that stand in its protected part. */
export interface ProtectedFields {
  subject: string | null;
  from: string[];
}

/** Null where the part states none. */
export function protectedFields(part: Part): ProtectedFields | null {
  const type = part.fields.find(({ key }) => key === 'content-type');
  return type !== undefined && HAS_FIELDS.test(type.bytes) ? fieldsOf(part) : null;
}

/** Of a whole message (RFC 8551 3.1). */
export function fieldsOf(part: Part): ProtectedFields {
  const fields = new MessageFields(part, new DefectList());
  const has = part.fields.some(({ key }) => key === 'subject');
  return { subject: has ? fields.subject() : null, from: addresses(fields.addresses('from')) };
}

/** The message under its protected Subject where the outer one hides it, and what the two state differently. */
export function withProtectedFields(
  parsed: ParsedMessage,
  fields: ProtectedFields | null,
): { parsed: ParsedMessage } & Pick<Protection, 'subject' | 'differs'> {
  if (fields === null) return { parsed, subject: 'outer', differs: [] };
  const differs: Protection['differs'] = [];
  const hidden = PLACEHOLDER.test(parsed.subject.trim());
  const shown = hidden && fields.subject !== null && fields.subject !== '' ? fields.subject : null;
  if (shown === null && fields.subject !== null && fields.subject !== parsed.subject) differs.push('subject');
  const from = addresses(parsed.from);
  if (fields.from.length > 0 && fields.from.join() !== from.join()) differs.push('from');
  return {
    parsed: shown === null ? parsed : { ...parsed, subject: shown },
    subject: shown === null ? 'outer' : 'protected',
    differs,
  };
}

const addresses = (from: ParsedMessage['from']) => from.map(({ address }) => address.toLowerCase());
