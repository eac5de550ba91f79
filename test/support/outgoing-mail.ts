import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Sql } from '../../src/adapters/database/database.js';
import {
  acceptOutgoing,
  type AcceptedSending,
  type GivenMessage,
} from '../../src/adapters/outgoing/accept-outgoing.js';
import type { TestOrganization } from './database.js';

/** Hands a message in as the submission port and sendMessage do. */
export function handIn(
  sql: Sql,
  organization: TestOrganization,
  to: readonly string[],
  more: Partial<GivenMessage> & { subject?: string } = {},
): Promise<AcceptedSending> {
  const id = more.id ?? uuidv7();
  const from = `ada@${organization.domain}`;
  const bytes =
    more.bytes ??
    Buffer.from(
      [
        `From: Ada <${from}>`,
        `To: ${to.slice(0, 10).join(', ')}`,
        `Subject: ${more.subject ?? 'The figures'}`,
        `Message-ID: <${id}@${organization.domain}>`,
        `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Here are the figures.',
        '',
      ].join('\r\n'),
    );
  return acceptOutgoing(sql, {
    organizationId: organization.id,
    id,
    bytes,
    source: 'api',
    submittedBy: 'token tests',
    mailFrom: from,
    session: {
      clientAddress: '127.0.0.1',
      clientHostname: null,
      helo: null,
      tls: null,
      authenticatedAs: 'tests',
      mailFrom: from,
      recipients: to.slice(0, 10),
      smtpUtf8: false,
      receivedAt: new Date().toISOString(),
    },
    recipients: to.map((address) => ({
      address,
      name: null,
      role: 'to' as const,
      destination: address.slice(address.lastIndexOf('@') + 1).toLowerCase(),
      mergeFields: null,
    })),
    stream: 'TRANSACTIONAL',
    options: {},
    sendAt: null,
    undoSeconds: 0,
    idempotencyKey: null,
    digest: createHash('sha256').update(bytes).digest(),
    ...more,
  });
}
