import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { mailOrigin } from '../../../src/engines/content/mail-origin.js';
import { readReport } from '../../../src/engines/reports/read-report.js';

async function reportIn(mail: string) {
  const parsed = await parseMessage(Buffer.from(mail.replaceAll('\n', '\r\n')));
  const origin = mailOrigin(parsed, { mailFrom: '' });
  return { origin, report: readReport(parsed, origin) };
}

const HEAD = 'From: MAILER-DAEMON@mx.example.net\nTo: ada@example.org\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n';

describe('a report by a machine', () => {
  test('of RFC 3464 names each recipient with its reason, and the message it is about', async () => {
    const { report } = await reportIn(`${HEAD}Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

This is the mail system.

<bob@full.example>: host mx.full.example said: 552 5.2.2 mailbox full (in reply to RCPT TO command)
<eve@gone.example>: host mx.gone.example said: 550 5.1.1 user unknown (in reply to RCPT TO command)
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; bob@full.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

Final-Recipient: rfc822; Eve@gone.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
--b
Content-Type: text/rfc822-headers

From: ada@example.org
To: bob@full.example, eve@gone.example
Subject: The offer
Message-ID: <offer@example.org>

--b--
`);
    expect(report).toMatchObject({
      kind: 'delivery',
      recipients: [
        {
          address: 'bob@full.example',
          action: 'failed',
          status: '5.2.2',
          reply: '552',
          reason: 'mailboxFull',
          permanent: false,
        },
        {
          address: 'eve@gone.example',
          action: 'failed',
          status: '5.1.1',
          reply: '550',
          reason: 'userUnknown',
          permanent: true,
        },
      ],
      about: { messageId: 'offer@example.org', from: 'ada@example.org', subject: 'The offer' },
    });
  });

  test('written for people alone is understood too', async () => {
    const { origin, report } = await reportIn(`${HEAD}Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<bob@strict.example>:
192.0.2.7 does not like recipient.
Remote host said: 554 5.7.1 <bob@strict.example>: Relay access denied
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <ada@example.org>
Subject: nobody said mailbox full here
`);
    expect(origin).toBe('bounce');
    expect(report).toMatchObject({
      recipients: [
        { address: 'bob@strict.example', reason: 'noRelaying', status: '5.7.1', reply: '554', permanent: false },
      ],
    });
  });

  test('on a delay is not taken for a failure, and a temporary one never for the end of an address', async () => {
    const { report } = await reportIn(`${HEAD}Subject: Warning: message delayed
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; bob@away.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; 450 4.1.2 host unknown, try later
--b--
`);
    expect(report).toMatchObject({ recipients: [{ action: 'delayed', reason: 'networkError', permanent: false }] });
  });

  test('is a complaint where a provider says so (RFC 5965), and never a person who waits for an answer', async () => {
    const { origin, report } = await reportIn(`From: feedback@provider.example
To: abuse@example.org
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1
Version: 1
Original-Rcpt-To: <bob@provider.example>
Source-IP: 192.0.2.9
--b
Content-Type: message/rfc822

From: news@example.org
Subject: News
Message-ID: <news@example.org>

Hello
--b--
`);
    expect(origin).toBe('complaint');
    expect(report).toEqual({
      kind: 'complaint',
      feedbackType: 'abuse',
      recipients: ['bob@provider.example'],
      sourceIp: '192.0.2.9',
      about: { messageId: 'news@example.org', from: 'news@example.org', to: [], subject: 'News' },
    });
  });

  test('is none where a person writes about undelivered mail', async () => {
    const parsed = await parseMessage(
      Buffer.from(
        'From: bob@b.example\r\nSubject: Undeliverable?\r\n\r\nMy mail could not be delivered: 550 5.1.1 user unknown\r\n',
      ),
    );
    const origin = mailOrigin(parsed, { mailFrom: 'bob@b.example' });
    expect([origin, readReport(parsed, origin)]).toEqual(['person', null]);
  });
});

test('a notification of SES gives no type of complaint but those that are known', async () => {
  const complaint = (complaintFeedbackType: string) =>
    JSON.stringify({
      notificationType: 'Complaint',
      complaint: { complaintFeedbackType, complainedRecipients: [{ emailAddress: 'bob@example.com' }] },
      mail: {},
    });
  for (const [stated, type] of [
    ['fraud', 'fraud'],
    ['__proto__', 'other'],
  ] as const) {
    const { report } = await reportIn(`${HEAD}Subject: AWS Notification Message\n\n${complaint(stated)}\n`);
    expect(report).toMatchObject({ kind: 'complaint', feedbackType: type, recipients: ['bob@example.com'] });
  }
});
