import type { Problem } from '../../domain/problem.js';
import type { UploadedFile } from '../graphql/upload.scalar.js';

export interface AttachmentRequest {
  filename?: string | null;
  contentType?: string | null;
  content?: string | null;
  upload?: UploadedFile | null;
  contentId?: string | null;
}

/** A file that goes with a message. */
export interface SendingAttachment {
  filename: string;
  contentType: string | undefined;
  content: Buffer;
  /** It stands within the HTML, which names it by `cid:`. */
  cid: string | undefined;
}

const MOST_ATTACHMENTS = 50;
const BASE64 = /^[A-Za-z\d+/_-]*={0,2}$/;
const SPACE = /\s/g;
const CONTROL = /[\u0000-\u001f\u007f]/;
const CONTENT_TYPE = /^(?!multipart\/)[\w.+-]{1,100}\/[\w.+-]{1,100}$/i;
const CONTENT_ID = /^[\w.+@-]{1,200}$/;

/** Reads attachments, in base64 or uploaded; what is wrong is added to the problems, by field. */
export async function readAttachments(
  given: readonly AttachmentRequest[],
  mostBytes: number,
  problems: Problem[],
): Promise<SendingAttachment[]> {
  if (given.length > MOST_ATTACHMENTS) {
    problems.push({ field: 'attachments', problem: `must be at most ${MOST_ATTACHMENTS}` });
    return [];
  }
  const uploads = given.map(({ upload }) => upload ?? null);
  const bytes = given.reduce(
    (sum, { content }, index) => sum + ((content ?? '').length * 3) / 4 + (uploads[index]?.size ?? 0),
    0,
  );
  if (bytes > mostBytes) {
    problems.push({ field: 'attachments', problem: `must have at most ${mostBytes} bytes together` });
    return [];
  }
  const ids = new Set<string>();
  return Promise.all(
    given.map(async (attachment, index) => {
      const field = `attachments[${index}]`;
      const upload = uploads[index] ?? null;
      const filename = attachment.filename ?? upload?.name ?? '';
      const contentType = attachment.contentType ?? upload?.type?.split(';', 1)[0] ?? '';
      const cid = attachment.contentId ?? undefined;
      if (filename === '' || filename.length > 255 || CONTROL.test(filename)) {
        problems.push({ field: `${field}.filename`, problem: 'must have 1 to 255 characters, no control characters' });
      }
      if (contentType !== '' && !CONTENT_TYPE.test(contentType)) {
        problems.push({
          field: `${field}.contentType`,
          problem: 'must be a media type other than multipart, for example application/pdf',
        });
      }
      if (cid !== undefined && (!CONTENT_ID.test(cid) || ids.has(cid))) {
        problems.push({
          field: `${field}.contentId`,
          problem: 'must be letters, digits and . _ + @ -, each of them once: logo@example.org',
        });
      }
      if (cid !== undefined) ids.add(cid);
      const content = await contentOf(attachment.content ?? null, upload, field, problems);
      return { filename, contentType: contentType === '' ? undefined : contentType, content, cid };
    }),
  );
}

async function contentOf(
  encoded: string | null,
  upload: UploadedFile | null,
  field: string,
  problems: Problem[],
): Promise<Buffer> {
  if ((encoded === null) === (upload === null)) {
    problems.push({ field, problem: 'must have either content or upload' });
    return Buffer.alloc(0);
  }
  if (upload !== null) return Buffer.from(await upload.arrayBuffer());
  const bare = (encoded ?? '').replace(SPACE, '');
  if (!BASE64.test(bare)) problems.push({ field: `${field}.content`, problem: 'must be base64' });
  return Buffer.from(bare, 'base64');
}
