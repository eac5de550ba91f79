/** RFC 2045 6.8: no line is longer than 76 characters. */
const LINE_BYTES = 57;
const AT_ONCE = LINE_BYTES * 1_024;

/** Base64 in lines of 76 characters that end in CRLF, the last one too. */
export function base64Lines(bytes: Buffer): Buffer {
  const lines = Math.ceil(bytes.length / LINE_BYTES);
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length / 3) * 4 + lines * 2);
  let at = 0;
  for (let from = 0; from < bytes.length; from += AT_ONCE) {
    const text = bytes.toString('base64', from, Math.min(bytes.length, from + AT_ONCE));
    for (let start = 0; start < text.length; start += 76) {
      at += out.write(`${text.slice(start, start + 76)}\r\n`, at, 'latin1');
    }
  }
  return out.subarray(0, at);
}
