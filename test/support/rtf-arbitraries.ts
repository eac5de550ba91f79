import fc from 'fast-check';

const WORDS = [
  '{ { } \\*\\htmltag64 \\htmlrtf \\htmlrtf0 \\u233? \\u-8704 \\uc3 \\uc0 \\bin3 \\bin99999999 \\field \\*\\fldinst',
  '\\par \\fonttbl \\fcharset128 \\ansicpg1251 \\fromhtml1 \\objdata \\ \\* \\deff1 \\plain \\~ \\{ a <p>',
]
  .join(' ')
  .split(' ');
const OTHERS = ["\\'e9", "\\'8", '\\f1 ', 'HYPERLINK "http://a.b/"', ' ', '\r\n', '\xe9', '\0'];

/** RTF of tokens in any order. */
export const fuzzedRtf = fc
  .array(fc.constantFrom(...WORDS, ...OTHERS), { maxLength: 40 })
  .map((tokens) => Buffer.from(`{\\rtf1 ${tokens.join('')}`, 'latin1'));
