/** What is needed of a part to recognise it: the parser's own form of it and that of a parsed message have it both. */
interface PartLike<P> {
  contentType: string;
  filename: string | null;
  disposition: 'attachment' | 'inline' | null;
  children: P[];
}

/** A part that is encrypted or signed as MIME says it (RFC 8551 3, RFC 3156). */
export type ProtectedPart<P> =
  | { form: 'cms'; part: P }
  | { form: 'openpgp'; part: P; data: P }
  | { form: 'signed'; kind: 'smime' | 'openpgp'; part: P; content: P; signature: P };

const MAX_PROTECTED = 20;
const CMS = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime']);
const SIGNATURES: Readonly<Record<string, 'smime' | 'openpgp'>> = {
  'application/pkcs7-signature': 'smime',
  'application/x-pkcs7-signature': 'smime',
  'application/pgp-signature': 'openpgp',
};

/**
 * The protected parts of a message, outermost first. Messages inside it are another's and stay as they are.
 */
export function protectedParts<P extends PartLike<P>>(root: P): ProtectedPart<P>[] {
  const found: ProtectedPart<P>[] = [];
  const open = [root];
  for (let part = open.pop(); part !== undefined && found.length < MAX_PROTECTED; part = open.pop()) {
    const known = protectedPart(part);
    if (known !== null) found.push(known);
    if (known === null || known.form === 'signed') {
      if (part.contentType.startsWith('multipart/')) open.push(...part.children.toReversed());
    }
  }
  return found;
}

function protectedPart<P extends PartLike<P>>(part: P): ProtectedPart<P> | null {
  if (isCms(part)) return { form: 'cms', part };
  if (!part.contentType.startsWith('multipart/')) return null;
  const data = openPgpData(part);
  if (data !== null) return { form: 'openpgp', part, data };
  const [content, signature] = part.children;
  const kind = SIGNATURES[signature?.contentType ?? ''];
  if (part.contentType !== 'multipart/signed' || content === undefined || signature === undefined) return null;
  return kind === undefined ? null : { form: 'signed', kind, part, content, signature };
}

/** RFC 8551 3.9: some programs know the type by the file name alone. */
function isCms({ contentType, filename }: { contentType: string; filename: string | null }): boolean {
  return CMS.has(contentType) || (contentType === 'application/octet-stream' && /\.p7m$/i.test(filename ?? ''));
}

/** Some servers make a multipart/mixed of a multipart/encrypted and put an empty text before it. */
function openPgpData<P extends PartLike<P>>({ children }: P): P | null {
  const control = children.findIndex(({ contentType }) => contentType === 'application/pgp-encrypted');
  if (control === -1) return null;
  return children.slice(control + 1).find(({ contentType }) => contentType === 'application/octet-stream') ?? null;
}
