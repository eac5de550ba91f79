import { expect, test } from 'vitest';
import { deliveryReport, statusOf } from '../../../src/engines/outgoing/delivery-report.js';
import { mailOrigin } from '../../../src/engines/content/mail-origin.js';
import { readReport } from '../../../src/engines/reports/read-report.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const report = (recipients: { address: string; reply: string }[], kind: 'failed' | 'delayed' = 'failed') =>
  deliveryReport({
    kind,
    messageId: 'report-1@example.org',
    from: 'mailer-daemon@example.org',
    to: 'ada@example.org',
    reportingMta: 'mx.example.org',
    now: new Date('2026-11-18T10:00:00Z'),
    arrivedAt: new Date('2026-11-18T09:00:00Z'),
    header: Buffer.from('From: ada@example.org\r\nSubject: Figures\r\nMessage-ID: <one@example.org>'),
    recipients: recipients.map((one) => ({
      ...one,
      bounceClass: 'userUnknown',
      remote: 'mx.one.example [192.0.2.1]:25',
      attempts: 1,
      lastAttemptAt: '2026-11-18T09:30:00Z',
      willRetryUntil: '2026-11-23T09:30:00Z',
    })),
  });

test('our own parser reads of it what was meant', async () => {
  const parsed = await parseMessage(report([{ address: 'bea@one.example', reply: '550 5.1.1 no such user' }]));
  expect(parsed.report).toMatchObject({
    kind: 'delivery-status',
    reportingMta: { type: 'dns', value: 'mx.example.org' },
    recipients: [
      {
        finalRecipient: { type: 'rfc822', value: 'bea@one.example' },
        action: 'failed',
        status: '5.1.1',
        remoteMta: { type: 'dns', value: 'mx.one.example' },
        diagnosticCode: { type: 'smtp', value: '550 5.1.1 no such user' },
        lastAttemptDate: '2026-11-18T09:30:00.000Z',
      },
    ],
    returned: { extent: 'headers', subject: 'Figures', messageId: 'one@example.org' },
  });
  expect(parsed.defects).toEqual([]);
  expect(parsed.inReplyTo).toEqual(['one@example.org']);
  const origin = mailOrigin(parsed, { mailFrom: '' });
  expect(origin).toBe('bounce');
  expect(readReport(parsed, origin)).toMatchObject({
    kind: 'delivery',
    recipients: [{ reason: 'userUnknown', permanent: true }],
  });
});

test('a delay says until when it is tried', async () => {
  const bytes = report([{ address: 'bea@one.example', reply: '451 4.7.1 later' }], 'delayed');
  const parsed = await parseMessage(bytes);
  expect(parsed.report).toMatchObject({
    recipients: [{ action: 'delayed', status: '4.7.1', willRetryUntil: '2026-11-23T09:30:00.000Z' }],
  });
});

test('what a server or a client wrote begins no line of its own', async () => {
  const evil = {
    address: 'bea@one.example\r\nBcc: x@evil.example',
    reply: '550 no\r\n\r\n--=_report\r\nAction: delivered',
  };
  const parsed = await parseMessage(report([evil, { address: 'größe@one.example', reply: '550 5.1.1 keine Größe' }]));
  expect(parsed.bcc).toEqual([]);
  expect(parsed.report).toMatchObject({ recipients: [{ action: 'failed' }, { action: 'failed' }] });
  expect(parsed.report).toMatchObject({
    recipients: [{}, { finalRecipient: { type: 'utf-8', value: 'größe@one.example' } }],
  });
});

test.each([
  ['failed', '550 5.1.1 no such user', '5.1.1'],
  ['failed', '550 no such user', '5.0.0'],
  ['failed', 'given up: 451 4.7.1 later', '5.4.7'],
  ['delayed', '451 4.7.1 later', '4.7.1'],
  ['delayed', '5.1.1', '4.0.0'],
] as const)('the status of %s %s is %s', (kind, reply, status) => expect(statusOf(kind, reply)).toBe(status));
