import type { Comparison } from './comparison.js';

/** Why a value differs from what its suite expects: one entry a mail, or a mail and what is compared. */
export const EXPLAINED: readonly { file: string; what?: Comparison['what']; reason: string }[] = [
  {
    file: 'winmail.tnef',
    reason:
      'an OLE object: the suite keeps the identifier of the interface before its storage, 16 bytes that MS-OXTNEF adds',
  },
  ...['009', '011'].map((number) => ({
    file: `mime-stalwart/malformed/${number}.eml`,
    reason:
      'an inner multipart without a closing delimiter: RFC 2046 5.1.2 has the delimiter of the outer one end it, the suite reads on and takes the delimiter for text',
  })),
  {
    file: 'mime-stalwart/malformed/012.eml',
    reason:
      'the same with embedded messages: the outer delimiter ends the inner multipart, so there are three messages, not two',
  },
  {
    file: 'mime-stalwart/malformed/001.eml',
    reason: 'the outer delimiter has ended the inner multipart, so that a later line of its delimiter is text',
  },
  {
    file: 'mime-stalwart/malformed/016.eml',
    reason:
      'three boundaries, each the beginning of the one outside it: compared whole, the outer delimiter ends both inner multiparts; the suite compares beginnings and lets each innermost go on',
  },
  {
    file: 'mime-stalwart/malformed/019.eml',
    reason:
      'a fuzzed mail without a readable structure: the suite takes a line without a colon for a header field, here the body begins there',
  },
  ...['020', '021'].map((number) => ({
    file: `mime-stalwart/malformed/${number}.eml`,
    reason:
      'the first delimiter of the inner multipart is missing: the suite believes the second Content-Type field and shows the source of the rest as text, here the first one counts and the parts that have delimiters are read (defects mime.ambiguous, mime.preamble)',
  })),
  {
    file: 'mime-stalwart/rfc/000.eml',
    reason:
      "an image and a sound whose base64 is the RFC's placeholder sentence: what is not base64 is skipped (RFC 2045 6.8) and marked; only a text that decodes to no text is taken as it stands",
  },
  {
    file: 'mime-stalwart/thirdparty/002.eml',
    reason:
      'words behind the padding of base64: the suite decodes them to unreadable characters, here they are skipped and marked (mime.base64)',
  },
  {
    file: 'mime-stalwart/thirdparty/005.eml',
    reason: 'a closing delimiter in the middle of a line is none (RFC 2046 5.1.1)',
  },
  {
    file: 'mime-stalwart/thirdparty/015.eml',
    reason: 'three attached messages, one after the other: the suite lists the first with the other two inside it',
  },
  {
    file: 'mime-james/mimetools-testmsgs/frag.msg',
    reason: 'base64 that breaks off within a group: the suite drops the group, here its whole bytes are kept',
  },
  {
    file: 'mime-james/mimetools-testmsgs/multi-frag.msg',
    reason: 'a broken delimiter line in the middle of base64: the two decoders skip different characters of it',
  },
  {
    file: 'mime-james/testmsgs/malformedHeaderStartsBody-nocrlfcrlf.msg',
    reason:
      'a line that is no header field among those that are: the suite lets the body begin there, here it is marked (header.malformed) and the header goes on, as mail programs have it',
  },
  {
    file: 'mime-james/testmsgs/weird-boundary.msg',
    reason:
      'a boundary that ends in spaces, which RFC 2046 forbids: white space at the end of a delimiter line may come from a gateway and is not compared',
  },
  { file: 'test_too_many_lines', reason: "does not apply: it sets talon's own limit on lines to 1" },
  {
    file: 'test_dont_parse_quotations_for_forwarded_messages',
    reason:
      'talon keeps a forwarded message as new text; here new text is what the writer added, and the whole stays in `text`',
  },
];
