import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const HEAD =
  'From: MAILER-DAEMON@mx.example\nTo: a@example.com\nSubject: Undelivered\nDate: Fri, 20 Nov 2026 10:30:00 +0100\nMessage-ID: <dsn@mx.example>\n';
const parse = (text: string) => parseMessage(Buffer.from(text.replace(/\n/g, '\r\n')));
const report = (type: string, content: string, returned: string) =>
  parse(
    `${HEAD}Content-Type: multipart/report; report-type=x; boundary=r\n\n--r\n\nIt failed.\n--r\nContent-Type: ${type}\n\n${content}\n--r\n${returned}\n--r--\n`,
  );

const RETURNED =
  'Content-Type: message/rfc822\n\nFrom: Ada <a@example.com>\nTo: Bob <b@dest.example>\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nMessage-ID: <1@example.com>\n\nsecret words';

describe('a delivery status notification', () => {
  const STATUS = [
    'Reporting-MTA: dns; mx.example',
    'Received-From-MTA: dns; sender.example',
    'Original-Envelope-Id: env-1',
    'Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0100',
    '',
    'Original-Recipient: rfc822;bob@dest.example',
    'Final-Recipient: rfc822; b@dest.example',
    'Action: Failed',
    'Status: 5.1.1 (unknown)',
    'Remote-MTA: dns; dest.example',
    'Diagnostic-Code: smtp; 550 5.1.1 no such',
    ' user',
    '',
    'Final-Recipient: utf-8; J\\x{FC}rgen@dest.example',
    'Action: delayed',
    'Status: 4.4.7',
    'Will-Retry-Until: Sat, 21 Nov 2026 10:00:00 +0100',
  ].join('\n');

  test('is read by its fields, for the message and for each recipient', async () => {
    const parsed = await report('message/delivery-status', STATUS, RETURNED);
    expect(parsed.report).toMatchObject({
      kind: 'delivery-status',
      part: '2',
      reportingMta: { type: 'dns', value: 'mx.example' },
      receivedFromMta: { type: 'dns', value: 'sender.example' },
      originalEnvelopeId: 'env-1',
      arrivalDate: '2026-11-20T09:00:00.000Z',
      recipients: [
        {
          finalRecipient: { type: 'rfc822', value: 'b@dest.example' },
          originalRecipient: { type: 'rfc822', value: 'bob@dest.example' },
          action: 'failed',
          status: '5.1.1',
          remoteMta: { type: 'dns', value: 'dest.example' },
          diagnosticCode: { type: 'smtp', value: '550 5.1.1 no such user' },
        },
        {
          finalRecipient: { type: 'utf-8', value: 'Jürgen@dest.example' },
          action: 'delayed',
          status: '4.4.7',
          willRetryUntil: '2026-11-21T09:00:00.000Z',
        },
      ],
      returned: {
        part: '3',
        extent: 'message',
        subject: 'Grüße',
        from: 'a@example.com',
        to: ['b@dest.example'],
        messageId: '1@example.com',
      },
    });
    expect(parsed.text).toBe('It failed.');
  });

  test('is read where its empty lines are missing or stand within a recipient', async () => {
    const squeezed = await report('message/delivery-status', STATUS.replace(/\n\n/g, '\n'), RETURNED);
    expect(squeezed.report).toMatchObject({ recipients: [{ status: '5.1.1' }, { status: '4.4.7' }] });
    const torn = await report(
      'message/delivery-status',
      STATUS.replace('Action: Failed', '\nAction: Failed'),
      RETURNED,
    );
    expect(torn.report).toMatchObject({ recipients: [{ action: 'failed', status: '5.1.1' }, { action: 'delayed' }] });
  });

  test('names the message of which only the header section came back', async () => {
    const headers =
      'Content-Type: text/rfc822-headers\n\nFrom: a@example.com\nSubject: Hi\nMessage-ID: <2@example.com>\n';
    const { report: read } = await report('message/delivery-status', STATUS, headers);
    expect(read?.returned).toMatchObject({ extent: 'headers', subject: 'Hi', messageId: '2@example.com' });
  });

  test('inside a forwarded message is not the report of the message around it', async () => {
    const inner = `Content-Type: multipart/report; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\n${STATUS}\n--i--\n`;
    const parsed = await parse(
      `${HEAD}Content-Type: multipart/mixed; boundary=o\n\n--o\n\nsee\n--o\nContent-Type: message/rfc822\n\n${inner}\n--o--\n`,
    );
    expect(parsed.report).toBeNull();
  });

  test('is cut and marked where it goes on without end', async () => {
    const { report: read, defects } = await report('message/delivery-status', `${STATUS}\n\n`.repeat(2_000), RETURNED);
    expect(read?.kind === 'delivery-status' && read.recipients.length).toBeLessThanOrEqual(500);
    expect(defects.map(({ code }) => code)).toContain('report.size');
  });

  test('without a readable field is marked', async () => {
    const parsed = await report('message/delivery-status', 'no field at all', RETURNED);
    expect(parsed.report).toMatchObject({ recipients: [] });
    expect(parsed.defects.map(({ code }) => code)).toContain('report.unreadable');
  });
});

test('a disposition notification is read by its fields', async () => {
  const parsed = await report(
    'message/disposition-notification',
    'Reporting-UA: mail.example; Program 1.0\nFinal-Recipient: rfc822; b@dest.example\nOriginal-Message-ID: <1@example.com>\nDisposition: automatic-action/MDN-sent-automatically; Deleted/Error,expired',
    RETURNED,
  );
  expect(parsed.report).toMatchObject({
    kind: 'disposition-notification',
    reportingUa: 'mail.example; Program 1.0',
    originalMessageId: '1@example.com',
    disposition: {
      actionMode: 'automatic-action',
      sendingMode: 'mdn-sent-automatically',
      type: 'deleted',
      modifiers: ['error', 'expired'],
    },
  });
});

test('a feedback report is read by its fields', async () => {
  const parsed = await report(
    'message/feedback-report',
    'Feedback-Type: abuse\nUser-Agent: Loop/1\nVersion: 1\nOriginal-Mail-From: <news@example.com>\nOriginal-Rcpt-To: <b@dest.example>\nSource-IP: 192.0.2.1\nArrival-Date: Fri, 20 Nov 2026 10:00:00 +0000\nReported-Domain: example.com\nIncidents: 3',
    RETURNED,
  );
  expect(parsed.report).toMatchObject({
    kind: 'feedback-report',
    feedbackType: 'abuse',
    originalMailFrom: 'news@example.com',
    originalRcptTo: ['b@dest.example'],
    sourceIp: '192.0.2.1',
    arrivalDate: '2026-11-20T10:00:00.000Z',
    reportedDomain: ['example.com'],
    incidents: 3,
    returned: { messageId: '1@example.com' },
  });
});
