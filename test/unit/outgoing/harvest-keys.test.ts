import * as openpgp from 'openpgp';
import { beforeAll, expect, test } from 'vitest';
import { readHarvested } from '../../../src/adapters/mail-keys/read-recipient-key.js';
import { harvestedKeys } from '../../../src/activities/harvest-keys.js';
import type { RunContext } from '../../../src/activities/run-context.js';
import type { Authentication } from '../../../src/domain/outcomes.js';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const EVE = 'eve@sender.example';
let key: { armored: string; base64: string };

beforeAll(async () => {
  const made = await openpgp.generateKey({ userIDs: [{ email: EVE }], format: 'object' });
  key = { armored: made.publicKey.armor(), base64: Buffer.from(made.publicKey.write()).toString('base64') };
});

const DKIM = { result: 'pass', domain: 'sender.example', selector: 's', algorithm: 'rsa-sha256' } as const;
const passing: Pick<Authentication, 'dkim' | 'dmarc'> = {
  dkim: [DKIM],
  dmarc: { result: 'none', domain: null, policy: null },
};

/** What a run knows of a message, as far as its keys go. */
async function harvest(
  mail: string,
  { authentication = passing, domains = ['ours.example'], ended = 'DELIVERED' as const } = {},
) {
  const context = {
    isParsed: true,
    parsed: await parseMessage(Buffer.from(mail), DEFAULT_PARSE_LIMITS),
    organization: { domains },
    facts: { receivedAt: new Date().toISOString() },
    outcome: () => ({ authentication }),
  } as unknown as RunContext;
  return harvestedKeys(context, ended, readHarvested);
}
const autocrypt = (attributes: string) => `From: ${EVE}\r\nAutocrypt: ${attributes}\r\n\r\nHello\r\n`;
const attached = (inside = '') =>
  `From: ${EVE}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n${inside}` +
  `Content-Type: application/pgp-keys; name=key.asc\r\nContent-Disposition: attachment\r\n\r\n${key.armored}\r\n--b--\r\n`;

test('the key of an Autocrypt field is kept where the domain vouches for the author', async () => {
  const folded = key.base64.replace(/.{70}/g, '$&\r\n ');
  const effects = await harvest(autocrypt(`addr=${EVE}; prefer-encrypt=mutual; keydata=${folded}`));
  expect(effects).toMatchObject([
    { kind: 'recipientKey', key: { address: EVE, trust: 'SEEN', facts: { kind: 'openpgp', addresses: [EVE] } } },
  ]);
});

test('the key that is attached is kept, and not one in a message that was passed on', async () => {
  expect(await harvest(attached())).toHaveLength(1);
  expect(await harvest(attached('Content-Type: message/rfc822\r\n\r\n'))).toEqual([]);
});

test.each([
  ['for somebody else', () => autocrypt(`addr=joe@sender.example; keydata=${key.base64}`)],
  ['with a critical attribute that is not known', () => autocrypt(`addr=${EVE}; type=2; keydata=${key.base64}`)],
  [
    'that stands twice',
    () => autocrypt(`addr=${EVE}; keydata=${key.base64}\r\nAutocrypt: addr=${EVE}; keydata=${key.base64}`),
  ],
  ['that is cut', () => autocrypt(`addr=${EVE}; keydata=${key.base64.slice(0, 120)}`)],
  ['that is too long', () => autocrypt(`addr=${EVE}; keydata=${'A'.repeat(20_000)}`)],
  ['of two authors', () => autocrypt(`addr=${EVE}; keydata=${key.base64}`).replace(EVE, `${EVE}, joe@sender.example`)],
])('an Autocrypt field %s is left alone', async (_name, mail) => {
  expect(await harvest(mail())).toEqual([]);
});

test.each([
  ['nobody vouches for the author', { authentication: { ...passing, dkim: [] } }],
  ['another domain signed it', { authentication: { ...passing, dkim: [{ ...DKIM, domain: 'other.example' }] } }],
  ['a part of it is not signed', { authentication: { ...passing, dkim: [{ ...DKIM, unsignedBytes: 5 }] } }],
  ['the author is our own', { domains: ['sender.example'] }],
  ['it was not delivered', { ended: 'QUARANTINED' as never }],
])('no key is kept where %s', async (_name, over) => {
  expect(await harvest(attached(), over)).toEqual([]);
});
