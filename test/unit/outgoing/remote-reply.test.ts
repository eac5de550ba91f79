import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReply, type DialogueStage } from '../../../src/domain/onward.js';
import { remoteAdvice, remoteQueueId, withoutAddresses } from '../../../src/domain/outgoing/remote-reply.js';

describe('what a server calls a message', () => {
  test.each([
    ['Postfix', '250 2.0.0 Ok: queued as 4X1Y2Z3ABCz1q', '4X1Y2Z3ABCz1q'],
    ['Exim', '250 OK id=1rABCD-000000001Ab-2CdE', '1rABCD-000000001Ab-2CdE'],
    ['Exchange', '250 2.6.0 <abc@x.example> [InternalId=4711001, Hostname=a.b.c] Queued mail for delivery', '4711001'],
    [
      'Outlook.com',
      '250 2.0.0 OK <AB1C2@XYZ.prod.outlook.com> [Hostname=XYZ.prod.outlook.com]',
      'AB1C2@XYZ.prod.outlook.com',
    ],
    [
      'Gmail',
      '250 2.0.0 OK  1700000000 a1-20020a05600c00b00123456789abcdef.12 - gsmtp',
      'a1-20020a05600c00b00123456789abcdef.12',
    ],
    ['Sendmail', '250 2.0.0 3AL9x1bq012345 Message accepted for delivery', '3AL9x1bq012345'],
    ['qmail', '250 ok 1700000000 qp 12345', 'qp 12345'],
    ['OpenSMTPD', '250 2.0.0 1a2b3c4d Message accepted for delivery', '1a2b3c4d'],
    ['Dovecot', '250 2.0.0 <ada@x.example> AbCdEf0123+x Saved', 'AbCdEf0123+x'],
    [
      'SES',
      '250 Ok 0100018b5c3c0a4f-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000',
      '0100018b5c3c0a4f-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000',
    ],
    ['smtp-sink', '250 2.0.0 Ok', null],
    ['a refusal that speaks of a queue', '451 4.3.0 queued as nothing', null],
  ])('is read from the reply of %s', (_, reply, id) => {
    expect(remoteQueueId(readReply(reply))).toBe(id);
  });

  test('is one word of a bounded length, whatever the reply', () => {
    const words = fc.constantFrom(
      'queued as ',
      'id=',
      'InternalId=',
      'OK <',
      '> [',
      ' - gsmtp',
      'qp 1',
      ' Saved',
      'Message accepted',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 20 })), { maxLength: 20 }), (parts) => {
        const id = remoteQueueId(readReply(`250 ${parts.join('')}`));
        if (id !== null) {
          expect(id.length).toBeLessThanOrEqual(121);
          expect(id).toMatch(/^[^\p{Cc}]+$/u);
        }
      }),
    );
  });
});

describe('what a server asks for', () => {
  const advice = (text: string, stage: DialogueStage = 'rcpt') => remoteAdvice(readReply(text), stage);

  test.each([
    '421 4.7.0 Try again later, closing connection',
    '421 too many connections',
    '450 4.7.1 rejected by reputation',
    '451 4.3.2 system not accepting network messages',
    '450 you are sending too fast',
    '452 4.5.3 too many recipients this minute',
  ])('less mail: %s', (text) => expect(advice(text).slower).toBe(true));

  test.each([
    '250 2.0.0 ok',
    '450 4.2.2 mailbox full, quota limit exceeded',
    '451 4.7.1 Greylisting in action, please come back later',
    '550 5.7.1 rate limit exceeded for this message',
    '451 4.3.0 local error in processing',
  ])('nothing: %s', (text) => expect(advice(text).slower).toBe(false));

  test('less mail, by whatever it says before a transaction', () => {
    expect(advice('554 5.7.1 you are listed', 'session').slower).toBe(true);
    expect(advice('554 5.7.1 spam', 'end').slower).toBe(false);
  });

  test.each([
    ['451 4.7.1 Greylisted, try again in 300 seconds', 300_000],
    ['450 4.2.0 Greylisted, see https://postgrey.example/help, retry in 5 minutes', 300_000],
    ['451 4.7.1 Greylisting, come back in 00:04:30', 270_000],
    ['421 4.7.0 rate limited, wait 2 hours', 7_200_000],
    ['451 greylisted', 60_000],
    ['421 closing', null],
    ['421 wait 99999 hours', 86_400_000],
  ])('a wait: %s', (text, waitMs) => expect(advice(text).waitMs).toBe(waitMs));

  test('is read in no time, whatever the reply', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), fc.integer({ min: 400, max: 599 }), (text, code) => {
        const { waitMs } = advice(`${code} ${text}`);
        expect(waitMs === null || (waitMs > 0 && waitMs <= 86_400_000)).toBe(true);
      }),
    );
  });
});

test('a reply that others see names no mailbox', () => {
  const text =
    '450 4.7.1 <bob+x@there.example> and from=<bounce+1=2@us.example>: too much mail, see https://there.example/x';
  expect(withoutAddresses(text)).toBe('450 4.7.1 <…> and from=<…>: too much mail, see https://there.example/x');
  expect(withoutAddresses('421 4.7.0 [192.0.2.1] slow down')).toBe('421 4.7.0 [192.0.2.1] slow down');
});
