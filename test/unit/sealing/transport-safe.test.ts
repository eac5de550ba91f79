import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DefectList } from '../../../src/engines/mime/defect-list.js';
import { decodedBytes } from '../../../src/engines/mime/transfer-encoding.js';
import { splitParts } from '../../../src/engines/mime/split-parts.js';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { base64Lines } from '../../../src/engines/sealing/base64-lines.js';
import { CannotSeal } from '../../../src/engines/sealing/cannot-seal.js';
import { canonicalEntity } from '../../../src/engines/sealing/canonical-entity.js';
import { quotedPrintable } from '../../../src/engines/sealing/quoted-printable.js';
import { isTransportSafe, withCrlf } from '../../../src/engines/sealing/transport-safe.js';

const decoded = (encoding: string, body: Buffer) => {
  const head = Buffer.from(`Content-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`);
  return decodedBytes(
    splitParts(Buffer.concat([head, body]), DEFAULT_PARSE_LIMITS, new DefectList()).root,
    new DefectList(),
  );
};
/** Bytes of lines that transports change: white space, dots, `From `, eight bits. */
const hostileText = fc
  .array(fc.constantFrom('From ', '.', ' ', '\t', '\r\n', '=', 'é', 'a', 'x'.repeat(80), '\0'), { maxLength: 60 })
  .map((pieces) => Buffer.from(pieces.join(''), 'utf8'));

test('quoted-printable is safe and gives back every byte of a text', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const encoded = quotedPrintable(text);
      expect(isTransportSafe(encoded)).toBe(true);
      expect(
        Math.max(
          ...encoded
            .toString('latin1')
            .split('\r\n')
            .map(({ length }) => length),
        ),
      ).toBeLessThan(77);
      expect(decoded('quoted-printable', encoded)).toEqual(text);
    }),
  );
});

test('base64 is safe and gives back every byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const encoded = base64Lines(Buffer.from(bytes));
      expect(isTransportSafe(encoded)).toBe(true);
      expect(decoded('base64', encoded)).toEqual(Buffer.from(bytes));
    }),
  );
  const large = Buffer.alloc(57 * 1_024 * 2 + 5, 'large');
  expect(Buffer.from(base64Lines(large).toString('latin1'), 'base64').equals(large)).toBe(true);
});

test('line ends become CRLF, once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', '\n', 'a')), (pieces) => {
      const text = pieces.join('');
      expect(withCrlf(Buffer.from(text)).toString()).toBe(text.replace(/\r\n|\r|\n/g, '\r\n'));
    }),
  );
});

test('whatever a body holds, what is signed is safe, or it is refused', () => {
  fc.assert(
    fc.property(
      hostileText,
      hostileText,
      fc.constantFrom('7bit', '8bit', 'binary', 'base64', 'odd'),
      (one, two, encoding) => {
        const part = (body: Buffer, type: string) =>
          Buffer.concat([
            Buffer.from(`--b-1\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`),
            body,
            Buffer.from('\r\n'),
          ]);
        const entity = Buffer.concat([
          Buffer.from('Content-Type: multipart/mixed; boundary="b-1"\r\n\r\n'),
          part(one, 'text/plain; charset=utf-8'),
          part(two, 'application/octet-stream'),
          Buffer.from('--b-1--\r\n'),
        ]);
        try {
          expect(isTransportSafe(canonicalEntity(entity))).toBe(true);
        } catch (error) {
          if (!(error instanceof CannotSeal)) throw error;
        }
      },
    ),
  );
});

test('what is signed twice over has the same bytes', () => {
  const entity = Buffer.from(
    'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße  \r\n',
  );
  const once = canonicalEntity(entity);
  expect(canonicalEntity(once)).toEqual(once);
});

test('a message that is passed on keeps its text', () => {
  const entity = Buffer.from(
    'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nFrom: a@b.example\r\nSubject: x\r\n' +
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße an alle, die das lesen\r\n',
  );
  const canonical = canonicalEntity(entity);
  expect(isTransportSafe(canonical)).toBe(true);
  expect(canonical.toString()).toContain('Subject: x\r\n');
  expect(canonical.toString()).toContain('Gr=C3=BC=C3=9Fe');
  expect(canonical.toString()).not.toContain('8bit');
});
