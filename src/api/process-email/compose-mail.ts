import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailAddress, RequestedAttachment } from './email-request.js';

export interface MailParts {
  id: string;
  sender: MailAddress;
  recipient: MailAddress;
  subject: string;
  content: string;
  attachments: RequestedAttachment[];
  date: Date;
}

/** The message (RFC 5322) that an API client's fields describe, with CRLF line ends. */
export async function composeMail({
  id,
  sender,
  recipient,
  subject,
  content,
  attachments,
  date,
}: MailParts): Promise<Buffer> {
  const composer = new MailComposer({
    from: sender,
    to: recipient,
    subject,
    text: content,
    date,
    messageId: `<${id}@${sender.address.slice(sender.address.lastIndexOf('@') + 1)}>`,
    attachments: attachments.map((attachment) => ({ ...attachment })),
    // Content is what the client sent, never a path or an address of this machine's network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const node = composer.compile();
  return node.build();
}

/** The trace field (RFC 5321 4.4) of a message that came over HTTP. */
export function traceField(clientAddress: string | null, id: string, date: Date): string {
  const client =
    clientAddress === null ? 'unknown' : `[${clientAddress.includes(':') ? `IPv6:${clientAddress}` : clientAddress}]`;
  const stamp = date.toUTCString().replace('GMT', '+0000');
  return `Received: from ${client} by everpost (GraphQL API) with HTTP\r\n id ${id}; ${stamp}\r\n`;
}
