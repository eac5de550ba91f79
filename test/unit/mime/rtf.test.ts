import { describe, expect, test } from 'vitest';
import { decompressRtf } from '../../../src/engines/mime/compressed-rtf.js';
import { readRtf } from '../../../src/engines/mime/rtf-text.js';
import { compressedRtf } from '../../support/tnef-writer.js';

const read = (rtf: string, limit = 10_000) => readRtf(Buffer.from(rtf, 'latin1'), limit);

describe('compressed RTF', () => {
  test('unpacks the examples of MS-OXRTFCP, the one with a reference into what it is about to write too', () => {
    const first = '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0';
    const second = '1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0';
    expect(decompressRtf(Buffer.from(first, 'hex'), 1_000)).toEqual({
      rtf: Buffer.from('{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n'),
      flaws: [],
    });
    expect(decompressRtf(Buffer.from(second, 'hex'), 1_000)).toEqual({
      rtf: Buffer.from('{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}'),
      flaws: [],
    });
  });

  test('names what is wrong and gives what there is', () => {
    const packed = compressedRtf('{\\rtf1 abcdefghijkl}');
    packed[30] = 0x78;
    expect(decompressRtf(packed, 1_000)?.flaws).toEqual(['checksum']);
    expect(decompressRtf(packed.subarray(0, 30), 1_000)).toMatchObject({ flaws: ['checksum', 'length'] });
    expect(decompressRtf(Buffer.from('not RTF at all, by its header'), 1_000)).toBeNull();
  });

  test('never gives more than it may', () => {
    const packed = compressedRtf('a'.repeat(1_000));
    expect(decompressRtf(packed, 100)).toEqual({ rtf: Buffer.alloc(100, 'a'), flaws: ['size'] });
    packed.writeUInt32LE(0xffffffff, 0);
    packed.writeUInt32LE(0xffffffff, 4);
    expect(decompressRtf(packed, 1_000_000)).toMatchObject({ flaws: ['length'] });
  });
});

describe('RTF', () => {
  test('gives the HTML that it was made of', () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl\red0;}
{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Caf\'e9 {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 now{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0
\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>\par}{\*\mhtmltag19 hidden}{\*\htmltag27 </html>}}`;
    expect(read(rtf)).toEqual({
      kind: 'html',
      text: '<html><p>Café <b>now</b></p>\n</html>',
      objects: false,
      cut: false,
      deep: false,
    });
  });

  test('reads characters by the code page of their font, of the document, and as Unicode', () => {
    const fonts = String.raw`{\fonttbl{\f0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}`;
    const rtf = String.raw`{\rtf1\ansi\ansicpg1250\deff0${fonts}\'b3{\f1\'cf\'f0\'e8}\'b3{\f2\'93\'fa\'96\'7b}\uc1\u8364?\u-10179?\u-8704?\par{\uc2\u233\'c3\'a9}x\tab\{y\}}`;
    expect(read(rtf).text).toBe('łПриł日本€\u{1f600}\néx\t{y}');
  });

  test('shows where a link leads', () => {
    const rtf = String.raw`{\rtf1{\field{\*\fldinst{HYPERLINK "http://example.com/a"}}{\fldrslt our site}} and {\field{\*\fldinst{HYPERLINK "http://example.org"}}{\fldrslt http://example.org}}}`;
    expect(read(rtf).text).toBe('our site <http://example.com/a> and http://example.org');
  });

  test('tells of objects wherever they hide, and does not take binary data for text', () => {
    expect(read(String.raw`{\rtf1 a{\*\unknown{\object{\*\objdata 0102}}}b}`)).toMatchObject({
      text: 'ab',
      objects: true,
    });
    expect(read('{\\rtf1 a{\\pict\\bin9 }}}}}}}}}}b}')).toMatchObject({ text: 'ab', objects: true });
    expect(read('{\\rtf1 a\\bin2000000000 b}')).toMatchObject({ text: 'a' });
  });

  test('keeps to its limit, and survives nesting without end and what is no RTF', () => {
    expect(read(`{\\rtf1 ${'a'.repeat(50_000)}}`, 100)).toMatchObject({ text: 'a'.repeat(100), cut: true });
    expect(read(`{\\rtf1 ${'{'.repeat(5_000)}a${'}'.repeat(5_000)}b}`)).toMatchObject({ text: 'ab', deep: true });
    expect(read("}}}}\\'zz\\u99999999 \\")).toMatchObject({ kind: 'rtf', text: 'zz' });
  });
});
