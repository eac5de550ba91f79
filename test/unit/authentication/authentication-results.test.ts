import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Authentication } from '../../../src/domain/outcomes.js';
import {
  renderAuthenticationResults,
  withoutForeignResults,
} from '../../../src/engines/authentication/authentication-results.js';

const US = 'mx.example.org';
const passed: Authentication = {
  spf: { result: 'pass', domain: 'sender.example', identity: 'mailFrom' },
  dkim: [
    { result: 'pass', domain: 'sender.example', selector: 's1', algorithm: 'rsa-sha256', reason: null },
    { result: 'fail', domain: 'list.example', selector: 's2', algorithm: 'ed25519-sha256', reason: 'bad signature' },
  ],
  dmarc: { result: 'pass', domain: 'sender.example', policy: 'reject' },
  arc: { result: 'pass' },
  client: { address: '192.88.100.7', helo: 'mail.sender.example', mailFrom: 'a@sender.example', from: 'session' },
};

test('writes the field of RFC 8601, folded', () => {
  expect(renderAuthenticationResults(passed, US)).toBe(
    [
      'Authentication-Results: mx.example.org;',
      ' spf=pass smtp.mailfrom=sender.example;',
      ' dkim=pass header.d=sender.example header.s=s1 header.a=rsa-sha256;',
      ' dkim=fail reason="bad signature" header.d=list.example header.s=s2',
      ' header.a=ed25519-sha256;',
      ' dmarc=pass policy.dmarc=reject header.from=sender.example;',
      ' arc=pass smtp.remote-ip=192.88.100.7',
      '',
    ].join('\r\n'),
  );
});

test('says none where nothing was checked', () => {
  const skipped: Authentication = {
    spf: { result: 'skipped', domain: null },
    dkim: [],
    dmarc: { result: 'skipped', domain: null, policy: null },
    arc: { result: 'skipped' },
  };
  expect(renderAuthenticationResults(skipped, US)).toBe('Authentication-Results: mx.example.org;\r\n none\r\n');
});

test('lets no domain, selector or reason of a stranger end its result', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (hostile) => {
      const field = renderAuthenticationResults(
        {
          spf: { result: 'fail', domain: hostile, identity: 'helo' },
          dkim: [{ result: 'neutral', domain: hostile, selector: hostile, algorithm: hostile, reason: hostile }],
          dmarc: { result: 'fail', domain: hostile, policy: null },
          arc: { result: 'none' },
        },
        US,
      );
      expect(field).toMatch(/^[\x20-\x7e\r\n]*$/);
      expect(field.replace(/\r\n /g, ' ').split('\r\n')).toHaveLength(2);
      const results = field
        .replace(/"[^"]*"/g, '""')
        .split(';')
        .slice(1);
      expect(field.split(';')).toHaveLength(results.length + 1);
      expect(results.map((result) => /^\s*(\w+)=(\w+)/.exec(result)?.slice(1).join('='))).toEqual([
        'spf=fail',
        'dkim=neutral',
        'dmarc=fail',
        'arc=none',
      ]);
    }),
  );
});

const mail = (...fields: string[]) =>
  Buffer.from(`${fields.join('\r\n')}\r\n\r\nAuthentication-Results: ${US}; x=y\r\n`);

test.each([
  ['as we write it', `Authentication-Results: ${US}; spf=pass`],
  ['in other letters', `AUTHENTICATION-results: MX.Example.ORG; spf=pass`],
  ['folded', `Authentication-Results:\r\n ${US};\r\n\tspf=pass\r\n smtp.mailfrom=a@b`],
  ['with a space before the colon', `Authentication-Results : ${US}; spf=pass`],
  ['behind a comment', `Authentication-Results: (we (are) us) ${US} (1;2); spf=pass`],
  ['in quotes', `Authentication-Results: "mx.example\\.org"; spf=pass`],
  ['with a version', `Authentication-Results: ${US} 1; spf=pass`],
  ['with a dot', `Authentication-Results: ${US}.; spf=pass`],
  ['without results', `Authentication-Results: ${US}`],
  ['in a comment that does not end', `Authentication-Results: (x ${US}; spf=pass`],
  ['with a result in place of the name', `Authentication-Results: spf=pass ${US}; dkim=pass`],
])('takes out a field that claims to be ours: %s', (_how, forged) => {
  const kept = mail('From: a@b.example', 'Subject: x');
  expect(withoutForeignResults(mail('From: a@b.example', forged, 'Subject: x'), US).toString()).toBe(kept.toString());
  expect(withoutForeignResults(mail(forged, 'From: a@b.example', forged, 'Subject: x'), US).toString()).toBe(
    kept.toString(),
  );
});

test('keeps results of others, and all that is no such field', () => {
  const bytes = mail(
    'Authentication-Results: mx.other.example; spf=pass',
    `Authentication-Results: not${US}; spf=pass`,
    `X-Authentication-Results: ${US}; spf=pass`,
    `ARC-Authentication-Results: i=1; ${US}; spf=pass`,
    `Subject: Authentication-Results: ${US}; spf=pass`,
    'Authentication-Results: spf=pass (sender IP is 192.0.2.1); dkim=none',
  );
  expect(withoutForeignResults(bytes, US)).toBe(bytes);
});

test('takes out what a reader of bare line ends would see, and nothing behind the empty line', () => {
  const bytes = Buffer.from(
    `Subject: x\rAuthentication-Results: ${US}; spf=pass\nFrom: a@b\n\nAuthentication-Results: ${US}\n`,
  );
  expect(withoutForeignResults(bytes, US).toString()).toBe(`Subject: x\rFrom: a@b\n\nAuthentication-Results: ${US}\n`);
});

test('leaves no field of ours in any header, and every other byte', () => {
  const line = fc.constantFrom(
    `Authentication-Results: ${US}; spf=pass`,
    `Authentication-Results:\t${US}`,
    'Subject: hello',
    ' folded',
    '\tfolded',
    `Authentication-Results: other.example; spf=pass`,
    'no field',
  );
  const end = fc.constantFrom('\r\n', '\n', '\r', '\r\r\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end), { maxLength: 12 }), (lines) => {
      const bytes = Buffer.from(`${lines.flat().join('')}\r\n\r\nbody`);
      const cleaned = withoutForeignResults(bytes, US);
      expect(withoutForeignResults(cleaned, US).equals(cleaned)).toBe(true);
      expect(cleaned.toString()).not.toMatch(new RegExp(`(?:^|[\\r\\n])Authentication-Results:\\s*${US}`));
      for (const kept of ['Subject: hello', 'other.example', 'no field']) {
        expect(cleaned.toString().split(kept).length).toBe(bytes.toString().split(kept).length);
      }
    }),
  );
});
