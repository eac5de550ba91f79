import { field, valueOf, type FieldText } from './header-fields.js';

/** What describes the content and goes into it (RFC 8551 3.1, RFC 9788 1.8). */
const STRUCTURAL = /^(?:content-[a-z-]+|mime-version)$/;
/** Not of the message itself: of its way, or known to its author alone. */
const NOT_COPIED = /^(?:bcc|resent-bcc|received|return-path|dkim-signature|arc-.*|authentication-results|autocrypt)$/;
/** What RFC 9788 4.2 hides from all but the recipients (hcp_baseline). */
const REMOVED = ['comments', 'keywords'];

export const isStructural = ({ name }: FieldText) => STRUCTURAL.test(name);

/** A header section that is split: what stays outside, and what the protected content begins with. */
export interface DividedHeader {
  outer: FieldText[];
  inner: FieldText[];
}

/**
 * Divides the fields of a message: those of MIME go in, the others stay out. With header protection (RFC 9788) they
 * stand inside too, and where it is encrypted the outer Subject is a placeholder.
 */
export function divideHeader(fields: readonly FieldText[], protect: 'no' | 'clear' | 'cipher'): DividedHeader {
  const outer = fields.filter((one) => !isStructural(one));
  const content = contentFields(fields);
  if (protect === 'no') return { outer, inner: content };
  const copied = outer.filter(({ name }) => !NOT_COPIED.test(name));
  const marked = content.map((one) =>
    one.name === 'content-type' ? { ...one, text: one.text.replace(/;?\r\n$/, `;\r\n hp="${protect}"\r\n`) } : one,
  );
  if (protect === 'clear') return { outer, inner: [...copied, ...marked] };
  const hidden = outer
    .filter(({ name }) => !REMOVED.includes(name))
    .map((one) => (one.name === 'subject' ? field('Subject', '[...]') : one));
  // RFC 9788 2.2: the reader's program learns from these what was not hidden.
  const seen = hidden
    .filter(({ name }) => !NOT_COPIED.test(name))
    .map((one) => ({
      name: 'hp-outer',
      text: `HP-Outer: ${one.text.slice(0, one.text.indexOf(':'))}: ${valueOf(one)}\r\n`,
    }));
  return { outer: hidden, inner: [...copied, ...seen, ...marked] };
}

function contentFields(fields: readonly FieldText[]): FieldText[] {
  const content = fields.filter(({ name }) => name.startsWith('content-'));
  const hasType = content.some(({ name }) => name === 'content-type');
  return hasType ? content : [field('Content-Type', 'text/plain; charset=us-ascii'), ...content];
}
