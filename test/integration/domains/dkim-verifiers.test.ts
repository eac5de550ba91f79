import { expect, test } from 'vitest';
import { signMessage } from '../../../src/engines/signing/dkim.js';
import { madeKeys } from '../../support/dkim-keys.js';
import {
  lackingForDkimpy,
  lackingForOpenDkim,
  verifyByDkimpy,
  verifyByOpenDkim,
} from '../../support/dkim-verifiers.js';
import { lacking } from '../../support/summary-reporter.js';

const MESSAGE = Buffer.from(
  [
    'From: Ada <ada@example.org>',
    'To: bob@example.net,',
    '\tcarol@example.net',
    'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=  and   spaces ',
    'Date: Fri, 20 Nov 2026 10:00:00 +0000',
    'Message-ID: <1@example.org>',
    'List-Unsubscribe: <https://example.org/u>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Grüße  an\talle ',
    '',
    '.a line that begins with a dot',
    ' ',
    '',
    '',
  ].join('\r\n'),
);

async function signed(algorithms: readonly string[]) {
  const { keys, zone } = await madeKeys('example.org');
  const result = await signMessage(
    MESSAGE,
    keys.filter(({ algorithm }) => algorithms.includes(algorithm)),
    // A signature lies a moment in the past, as verifiers refuse one of the future.
    { domain: 'example.org', signTime: new Date(Date.now() - 5_000) },
  );
  if ('refused' in result) throw new Error(result.refused);
  return { message: Buffer.concat([Buffer.from(result.fields), MESSAGE]), zone };
}

const tampered = (message: Buffer) => Buffer.from(message.toString('latin1').replace('an\talle', 'an keine'), 'latin1');

test.for([
  { by: 'RSA', algorithms: ['rsa-sha256'] },
  { by: 'Ed25519', algorithms: ['ed25519-sha256'] },
  { by: 'both', algorithms: ['rsa-sha256', 'ed25519-sha256'] },
])('what is signed with $by verifies by OpenDKIM, and what is changed does not', async ({ algorithms }, context) => {
  const missing = await lackingForOpenDkim();
  if (missing !== null) context.skip(lacking(missing));
  const { message, zone } = await signed(algorithms);
  expect(await verifyByOpenDkim(message, zone)).toBe('ok');
  expect(await verifyByOpenDkim(tampered(message), zone)).toMatch(/Bad signature/);
  expect(await verifyByOpenDkim(message, {})).toMatch(/Key retrieval failed|No key/);
});

test('what is signed with both keys verifies by dkimpy, and what is changed does not', async (context) => {
  const missing = await lackingForDkimpy();
  if (missing !== null) context.skip(lacking(missing));
  const { message, zone } = await signed(['rsa-sha256', 'ed25519-sha256']);
  expect(await verifyByDkimpy(message, zone)).toEqual([true, true]);
  const after = await verifyByDkimpy(tampered(message), zone);
  expect(after).toHaveLength(2);
  expect(after).not.toContain(true);
});
