import { generateKeyPairSync } from 'node:crypto';
import { authenticate } from 'mailauth';
import { expect, test } from 'vitest';
import { onwardContent } from '../../../src/activities/onward-content.js';
import { onwardSeal } from '../../../src/activities/onward-seal.js';
import type { ReceivedMessage } from '../../../src/adapters/onward/message-content.js';
import type { Authentication } from '../../../src/domain/outcomes.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
});
const key = { domain: 'example.org', selector: 'everpost', privateKey };
const mail = Buffer.from('From: a@sender.example\r\nSubject: x\r\n\r\nbody\r\n..\r\n');
const authentication: Authentication = {
  spf: { result: 'pass', domain: 'sender.example' },
  dkim: [],
  dmarc: { result: 'none', domain: null, policy: null },
  arc: { result: 'none' },
};

const received = (more: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  mailFrom: 'a@sender.example',
  size: mail.length,
  trace: 'Received: from a by mx.example.org; Fri, 20 Nov 2026 10:00:00 +0000\r\n',
  authentication,
  authenticationResults: {
    authservId: 'mx.example.org',
    field: 'Authentication-Results: mx.example.org; spf=pass\r\n',
  },
  spam: null,
  security: null,
  async *chunks() {
    yield mail;
  },
  ...more,
});

async function sealed(message: ReceivedMessage): Promise<{ fields: string | null; bytes: Buffer<ArrayBuffer> }> {
  const content = await onwardContent('0198c0de-0000-7000-8000-000000000001', message);
  const fields = await onwardSeal(content, message, key, new Date());
  const chunks: Buffer[] = [Buffer.from(fields ?? '', 'latin1')];
  for await (const chunk of content.chunks()) chunks.push(chunk);
  return { fields, bytes: Buffer.concat(chunks) };
}

test('what goes onward carries an ARC set that verifies over exactly those bytes', async () => {
  const { bytes, fields } = await sealed(received());
  expect(fields).toMatch(/cv=none/);
  const resolver = (name: string) =>
    name === 'everpost._domainkey.example.org'
      ? Promise.resolve([[`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`]])
      : Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  const verify = async (given: Buffer<ArrayBuffer>) =>
    (await authenticate(given, { ip: '192.0.2.1', helo: 'x', sender: 'a@sender.example', resolver })).arc;
  expect((await verify(bytes)) as object).toMatchObject({ status: { result: 'pass' } });
  const changed = Buffer.from(bytes.toString('latin1').replace('body', 'bodi'), 'latin1');
  expect((await verify(changed)) as object).toMatchObject({ status: { result: 'fail' } });
});

test('what was not examined is not sealed', async () => {
  expect((await sealed(received({ authentication: null }))).fields).toBeNull();
  const skipped = { ...authentication, arc: { result: 'skipped' as const } };
  expect((await sealed(received({ authentication: skipped }))).fields).toBeNull();
});
