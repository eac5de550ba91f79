import fc from 'fast-check';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { DkimBodyHash, dkimBodyHash } from '../../../src/engines/signing/body-hash.js';
import { headerEnd, signHeader, signMessage, type DkimSigningKey } from '../../../src/engines/signing/dkim.js';
import { madeKeys } from '../../support/dkim-keys.js';

let keys: DkimSigningKey[];
let zone: Record<string, string>;
beforeAll(async () => {
  ({ keys, zone } = await madeKeys('example.org'));
});

const options = { domain: 'example.org', signTime: new Date('2026-11-20T10:00:00Z') };
const HEADER = [
  'From: Ada <ada@example.org>',
  'To: bob@example.net',
  'Subject: A \t subject that',
  '  is folded ',
  'Date: Fri, 20 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@example.org>',
  'List-Unsubscribe: <https://example.org/u>',
  '',
  '',
].join('\r\n');

async function signed(message: Buffer): Promise<Buffer> {
  const result = await signMessage(message, keys, options);
  if ('refused' in result) throw new Error(result.refused);
  return Buffer.concat([Buffer.from(result.fields, 'latin1'), message]);
}

async function results(message: Buffer): Promise<string[]> {
  const resolver = (name: string) =>
    zone[name] === undefined
      ? Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))
      : Promise.resolve([[zone[name]]]);
  const verified = await dkimVerify(message, { resolver, curTime: new Date('2026-11-20T10:00:05Z') });
  return verified.results.map(({ status }) => status.result);
}

const text = (body: string) => Buffer.from(HEADER + body, 'latin1');

describe('a signature', () => {
  test('of both keys holds by mailauth, and neither after a change of the body or of a field', async () => {
    const message = await signed(text('Hello  world \r\n\r\n'));
    expect(await results(message)).toEqual(['pass', 'pass']);
    const changed = message.toString('latin1').replace('Hello', 'Hallo');
    expect(await results(Buffer.from(changed, 'latin1'))).toEqual(['neutral', 'neutral']);
    const other = message.toString('latin1').replace('A \t subject', 'Another subject');
    expect(await results(Buffer.from(other, 'latin1'))).toEqual(['fail', 'fail']);
  });

  test.each([
    'From: Mallory <m@evil.example>',
    'Subject: Another',
    'Cc: x@evil.example',
    'Content-Type: text/html',
    'Reply-To: m@evil.example',
  ])('does not hold where somebody adds %s', async (field) => {
    const message = await signed(text('Hello\r\n'));
    const more = Buffer.concat([Buffer.from(`${field}\r\n`), message]);
    expect(await results(more)).toEqual(['fail', 'fail']);
  });

  test('has no length, and lines that mail servers need not fold', async () => {
    const fields = (await signed(text('x\r\n'))).toString('latin1').split('From:')[0]!;
    expect(fields).not.toMatch(/[;\s]l=/);
    expect(fields).toMatch(/list-unsubscribe/);
    expect(Math.max(...fields.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  test.each([
    ['no From', 'To: b@example.net\r\n\r\n', /no From/],
    ['two From fields', 'From: a@example.org\r\nfrom: m@evil.example\r\n\r\n', /more than one/],
    ['a line that is no field', 'From: a@example.org\r\nno field\r\n\r\n', /no field/],
    ['a bare line feed', 'From: a@example.org\nSubject: x\r\n\r\n', /no field/],
    ['a fold before the first field', ' From: a@example.org\r\n\r\n', /no field/],
  ])('is refused for a message with %s', async (_, header, why) => {
    expect(await signMessage(Buffer.from(header), keys, options)).toMatchObject({
      refused: expect.stringMatching(why),
    });
  });

  test('by a key of another algorithm is an error that does not show the key', async () => {
    const wrong = { ...keys[0]!, algorithm: 'ed25519-sha256' as const };
    await expect(signMessage(text('x\r\n'), [wrong], options)).rejects.toThrow('is no ed25519 key');
  });

  test('takes a hash of the body that was made once', async () => {
    const body = Buffer.from('The same for all\r\n');
    const bodyHash = dkimBodyHash(body);
    for (const to of ['a@example.net', 'b@example.net']) {
      const header = Buffer.from(HEADER.replace('bob@example.net', to));
      const result = await signHeader(header, bodyHash, keys, options);
      const fields = 'fields' in result ? result.fields : '';
      expect(await results(Buffer.concat([Buffer.from(fields), header, body]))).toEqual(['pass', 'pass']);
    }
  });
});

describe('the relaxed form', () => {
  const line = fc
    .array(fc.constantFrom('a', 'é', ' ', '\t', '\r', '.', ' \t '), { maxLength: 12 })
    .map((pieces) => pieces.join('').replace(/\r+$/, ''));
  const body = fc
    .array(line, { maxLength: 12 })
    .chain((lines) => fc.constantFrom('', '\r\n', '\r\n\r\n', ' \r\n\t\r\n').map((end) => lines.join('\r\n') + end));

  test("of a body hashes like mailauth's, whatever pieces it comes in", async () => {
    const key = keys[1]!.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await fc.assert(
      fc.asyncProperty(body, fc.integer({ min: 1, max: 7 }), async (written, size) => {
        const bytes = Buffer.from(written, 'latin1');
        const pieces = new DkimBodyHash();
        for (let at = 0; at < bytes.length; at += size) pieces.update(bytes.subarray(at, at + size));
        const { signatures } = await dkimSign(Buffer.concat([Buffer.from(HEADER), bytes]), {
          canonicalization: 'relaxed/relaxed',
          signingDomain: 'example.org',
          selector: 'x',
          privateKey: key,
          signatureData: [{ signingDomain: 'example.org', selector: 'x', privateKey: key }],
        });
        const theirs = /bh=([^;]+);/.exec(signatures)?.[1]?.replaceAll(/\s/g, '');
        expect(pieces.digest()).toBe(theirs);
      }),
      { numRuns: 300 },
    );
  });

  test('of fields of every shape verifies by mailauth', async () => {
    const value = fc
      .array(fc.constantFrom('a', 'é', ' ', '\t', ':', '\r\n ', '\r\n\t', ';', '='), { maxLength: 12 })
      .map((pieces) => pieces.join(''))
      // A fold of nothing but white space may be read as the end of the header section.
      .filter((written) => written.split('\r\n').every((part, index) => index === 0 || part.trim() !== ''));
    const name = fc.constantFrom('Subject', 'subject ', 'TO', 'List-Id', 'References');
    const field = fc.tuple(name, value).map(([key, written]) => `${key}:${written}\r\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 6 }), async (fields) => {
        const message = Buffer.from(`${fields.join('')}From: a@example.org\r\n\r\nx\r\n`, 'latin1');
        expect(await results(await signed(message))).toEqual(['pass', 'pass']);
      }),
      { numRuns: 200 },
    );
  });

  test('takes hostile bodies and header sections without growing slower than they are long', async () => {
    const hash = dkimBodyHash(Buffer.alloc(20 * 1024 * 1024, '\r\n'));
    expect(hash).toBe(dkimBodyHash(Buffer.alloc(0)));
    expect(dkimBodyHash(Buffer.concat([Buffer.alloc(20 * 1024 * 1024, ' '), Buffer.from('x')]))).toBe(
      dkimBodyHash(Buffer.from(' x')),
    );
    const folds = `Subject: x${'\r\n y'.repeat(500_000)}\r\nFrom: a@example.org\r\n\r\n`;
    expect(await signMessage(Buffer.from(folds), keys.slice(1), options)).toHaveProperty('fields');
    const many = `From: a@example.org\r\n${'To: b@example.net\r\n'.repeat(20_000)}\r\n`;
    expect(await signMessage(Buffer.from(many), keys, options)).toHaveProperty('refused');
  });

  test('of a message without a body, and of one that is nothing but its header section', () => {
    expect(headerEnd(Buffer.from('A: b\r\n\r\n'))).toBe(8);
    expect(headerEnd(Buffer.from('A: b\r\n'))).toBe(6);
    expect(headerEnd(Buffer.from('\r\nbody'))).toBe(2);
  });
});
