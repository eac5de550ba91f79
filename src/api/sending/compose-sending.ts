import MailComposer from 'nodemailer/lib/mail-composer';
import type { TemplateContent } from '../../domain/outgoing/message-template.js';
import type { SendingAttachment } from './attachments.js';
import type { NamedAddress } from './mail-address.js';

export interface SendingParts extends TemplateContent {
  id: string;
  date: Date;
  from: NamedAddress;
  /** Null: a message to many, of whom none is to see another. */
  to: readonly NamedAddress[] | null;
  cc: readonly NamedAddress[];
  replyTo: readonly NamedAddress[];
  /** Message-ID that it answers, with its brackets. */
  inReplyTo: string | null;
  headers: readonly { name: string; value: string }[];
  attachments: readonly SendingAttachment[];
}

/** RFC 5322 3.4: a group without members. */
const NOBODY = Buffer.from('To: undisclosed-recipients:;\r\n');

/** The message (RFC 5322) that a client's fields describe, with CRLF line ends. */
export async function composeSending(parts: SendingParts): Promise<Buffer> {
  const { id, date, from, to, cc, replyTo, inReplyTo, headers, attachments, subject, text, html } = parts;
  const unnamed = to === null || (to.length === 0 && cc.length === 0);
  const composer = new MailComposer({
    from: mailbox(from),
    ...(unnamed ? {} : { to: (to ?? []).map(mailbox) }),
    cc: cc.map(mailbox),
    ...(replyTo.length === 0 ? {} : { replyTo: replyTo.map(mailbox) }),
    ...(inReplyTo === null ? {} : { inReplyTo, references: inReplyTo }),
    subject,
    ...(text === null ? {} : { text }),
    ...(html === null ? {} : { html }),
    date,
    messageId: `<${id}@${from.destination}>`,
    headers: headers.map(({ name, value }) => ({ key: name, value })),
    attachments: attachments.map(({ filename, contentType, content, cid }) => ({
      filename,
      content,
      ...(contentType === undefined ? {} : { contentType }),
      ...(cid === undefined ? {} : { cid, contentDisposition: 'inline' as const }),
    })),
    newline: '\r\n',
    // Content is what the client sent, never a path or an address of this machine's network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const bytes = await composer.compile().build();
  // The composer would quote the group's name, or drop the field.
  return unnamed ? Buffer.concat([NOBODY, bytes]) : bytes;
}

const mailbox = ({ name, address }: NamedAddress) => ({ name, address });
