import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_PARSE_LIMITS, type SmtpSession } from '../../../src/domain/parsed-message.js';
import { clientOf, trustedRelays } from '../../../src/engines/authentication/client-address.js';
import { DefectList } from '../../../src/engines/mime/defect-list.js';
import { readHeaderSection } from '../../../src/engines/mime/header-section.js';

const session: SmtpSession = {
  clientAddress: '10.0.0.5',
  clientHostname: null,
  helo: 'relay.example.org',
  tls: null,
  authenticatedAs: null,
  mailFrom: 'ada@sender.example',
  recipients: ['b@example.org'],
  smtpUtf8: false,
  receivedAt: '2026-11-20T10:00:00.000Z',
};
const isTrusted = trustedRelays(['10.0.0.0/8', '2001:db8:1::/48', '198.41.0.4']);
const fieldsOf = (...lines: string[]) =>
  readHeaderSection(
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`),
    0,
    DEFAULT_PARSE_LIMITS,
    () => false,
    new DefectList(),
  ).fields;
const clientIn = (...lines: string[]) => clientOf(session, fieldsOf(...lines), isTrusted);

test('takes the session of a client that is no trusted relay, whatever the message says', () => {
  const direct = { ...session, clientAddress: '203.0.113.9' };
  const { client } = clientOf(direct, fieldsOf('Received: from x (x [198.51.100.1]) by y; now'), isTrusted);
  expect(client).toEqual({
    address: '203.0.113.9',
    helo: 'relay.example.org',
    mailFrom: 'ada@sender.example',
    from: 'session',
  });
});

test.each([
  [
    'Postfix',
    'from mail.a.example (host.a.example [192.88.100.7])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t(No client certificate requested)\r\n\tby relay.example.org (Postfix) with ESMTPS id 1; now',
    'mail.a.example',
  ],
  [
    'Exim',
    'from [192.88.100.7] (port=4711 helo=mail.a.example) by relay.example.org with esmtp; now',
    'mail.a.example',
  ],
  [
    'Exim with a name',
    'from host.a.example ([192.88.100.7]:4711 helo=mail.a.example) by relay.example.org; now',
    'mail.a.example',
  ],
  [
    'Sendmail',
    'from mail.a.example (IDENT:u@host.a.example [192.88.100.7]) by relay.example.org (8.14.5) with ESMTP; now',
    'mail.a.example',
  ],
  ['qmail', 'from unknown (HELO mail.a.example) (192.88.100.7) by relay.example.org with SMTP; now', 'mail.a.example'],
  [
    'Exchange',
    'from mail.a.example (192.88.100.7) by relay.example.org (10.0.0.5) with Microsoft SMTP Server; now',
    'mail.a.example',
  ],
  [
    'ours',
    'from [192.0.2.99] ([192.88.100.7])\r\n by relay.example.org (Everpost) with ESMTP id 1; now',
    '[192.0.2.99]',
  ],
])('behind a trusted relay reads the field of %s', (_server, received, helo) => {
  expect(clientIn(`Received: ${received}`, 'From: a@b.example')).toEqual({
    client: { address: '192.88.100.7', helo, mailFrom: 'ada@sender.example', from: 'received' },
    reason: null,
  });
});

test('walks on while the hops are trusted, and believes nothing below the first that is not', () => {
  const { client } = clientIn(
    'Return-Path: <bounce@sender.example>',
    'Received: from in.example.org (in.example.org [IPv6:2001:db8:1::25]) by relay.example.org; now',
    'Received: from edge (edge [198.41.0.4]) by in.example.org; now',
    'Received: from evil.example (evil.example [203.0.113.66]) by edge; now',
    'Return-Path: <ceo@bank.example>',
    'Received: from mx.bank.example (mx.bank.example [192.88.100.7]) by evil.example; now',
  );
  expect(client).toEqual({
    address: '203.0.113.66',
    helo: 'evil.example',
    mailFrom: 'bounce@sender.example',
    from: 'received',
  });
});

test.each([
  ['a name that brings its own address', 'from x([192.88.100.7]) (unknown [203.0.113.66]) by relay.example.org; now'],
  [
    'a name that brings its own clauses',
    'from [192.88.100.7] (helo=x) by y (z [203.0.113.66]) by relay.example.org; now',
  ],
  ['two addresses', 'from x (a [192.88.100.7]) (b [203.0.113.66]) by relay.example.org; now'],
  ['an address as name alone', 'from [192.88.100.7] by relay.example.org; now'],
  ['no address', 'from x (x [unknown]) by relay.example.org; now'],
  ['no from-clause', 'by relay.example.org with HTTP; now'],
  ['no by-clause', 'from x (x [192.88.100.7])'],
  ['a comment that does not end', 'from x (x [192.88.100.7] by relay.example.org; now'],
  ['what is far too long', `from x (x [192.88.100.7]) by relay.example.org ${'x'.repeat(3_000)}`],
])('has no client for a Received field with %s', (_what, received) => {
  const { client, reason } = clientIn(`Received: ${received}`, 'Received: from a (a [192.88.100.7]) by b; now');
  expect(client.address).toBeNull();
  expect(reason).toMatch(/cannot be read/);
});

test('has no client where the relay wrote no field, or all hops are trusted', () => {
  expect(clientIn('From: a@b.example').reason).toBe('the trusted relay wrote no Received field');
  expect(clientIn('Received: from a (a [10.1.1.1]) by b; now').reason).toBe('all hops that it has passed are trusted');
});

test('never takes an address that the relay did not write, whatever a client calls itself', () => {
  const helo = fc.string({
    unit: fc.constantFrom(
      ...Array.from('ab.[]()=: 19203'),
      'helo=',
      '192.88.100.7',
      '[192.88.100.7]',
      ' by x',
      '[192.88.100.7] (helo=a) by x',
    ),
  });
  fc.assert(
    fc.property(helo, (name) => {
      const { client } = clientIn(
        `Received: from ${name} (unknown [203.0.113.66]) by relay.example.org with ESMTP; now`,
      );
      expect([null, '203.0.113.66']).toContain(client.address);
    }),
    { numRuns: 2_000 },
  );
});
