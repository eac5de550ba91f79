import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { AcceptedMessage } from '../../src/adapters/messages/accept-messages.js';
import type { TestOrganization } from './database.js';

/** A plain mail with CRLF line ends. */
export function plainMail(
  fields: { from?: string; to?: string; subject?: string; text?: string; headers?: string[] } = {},
) {
  return Buffer.from(
    [
      `From: ${fields.from ?? 'Ada Lovelace <ada@sender.example>'}`,
      `To: ${fields.to ?? 'team@example.org'}`,
      `Subject: ${fields.subject ?? 'Notes on the engine'}`,
      'Date: Fri, 20 Nov 2026 10:00:00 +0000',
      `Message-ID: <${uuidv7()}@sender.example>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      ...(fields.headers ?? []),
      '',
      fields.text ?? 'Could you send me the figures by Tuesday?\r\n',
    ].join('\r\n'),
  );
}

/** What an intake would hand to acceptMessages for these bytes. */
export function acceptedMail(
  organization: TestOrganization,
  bytes: Buffer,
  more: Partial<AcceptedMessage> = {},
): AcceptedMessage {
  const recipient = `team@${organization.domain}`;
  const receivedAt = new Date();
  return {
    id: uuidv7(),
    runId: uuidv7(),
    organizationId: organization.id,
    direction: 'INCOMING',
    source: 'smtp',
    sha256: createHash('sha256').update(bytes).digest(),
    size: bytes.length,
    bytes,
    trace: '',
    session: {
      clientAddress: '127.0.0.1',
      clientHostname: null,
      helo: 'client.example',
      tls: null,
      authenticatedAs: null,
      mailFrom: 'ada@sender.example',
      recipients: [recipient],
      smtpUtf8: false,
      receivedAt: receivedAt.toISOString(),
    },
    recipients: [{ address: recipient, mailboxId: organization.mailboxId }],
    receivedAt,
    asked: [],
    waitedFor: false,
    ...more,
  };
}
