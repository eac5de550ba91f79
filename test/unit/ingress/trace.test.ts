import { expect, test } from 'vitest';
import type { SmtpSession } from '../../../src/domain/parsed-message.js';
import { receivedField } from '../../../src/ingress/trace.js';

const session: SmtpSession = {
  clientAddress: '2001:db8::7',
  clientHostname: null,
  helo: 'mail.sender.example',
  tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  authenticatedAs: null,
  mailFrom: 'ada@sender.example',
  recipients: ['team@example.org'],
  smtpUtf8: false,
  receivedAt: '2026-11-20T10:00:00.000Z',
};
const more = { hostname: 'mx.example.org', id: '1', protocol: 'ESMTPS', receivedAt: new Date('2026-11-20T10:00:00Z') };

test('the Received field says who, how, to whom and when', () => {
  expect(receivedField(session, more).split('\r\n')).toEqual([
    'Received: from mail.sender.example ([IPv6:2001:db8::7])',
    ' (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)',
    ' by mx.example.org (Everpost) with ESMTPS',
    ' id 1',
    ' for <team@example.org>;',
    ' Fri, 20 Nov 2026 10:00:00 +0000',
    '',
  ]);
});

test('it tells no recipient of the others, and takes nothing from a client that could end a line', () => {
  const field = receivedField(
    { ...session, helo: 'x) (evil\u0007', smtpUtf8: true, recipients: ['a@b.c', 'd@e.f'] },
    more,
  );
  expect(field).toContain('from [IPv6:2001:db8::7] ([IPv6:2001:db8::7])');
  expect(field).toContain('with UTF8SMTPS');
  expect(field).not.toContain('for <');
});
