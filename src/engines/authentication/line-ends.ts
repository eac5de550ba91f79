const LF = 0x0a;
const CR = 0x0d;

/** With CRLF for every bare LF (RFC 6376 5.3); the same buffer where there is none. */
export function withCrlf(bytes: Buffer): Buffer {
  const bare = bareLineFeeds(bytes);
  if (bare === 0) return bytes;
  const result = Buffer.allocUnsafe(bytes.length + bare);
  let before = 0;
  let written = 0;
  // Byte by byte: a mail of nothing but line feeds has no runs to copy.
  for (let read = 0; read < bytes.length; read++) {
    const byte = bytes[read]!;
    if (byte === LF && before !== CR) result[written++] = CR;
    result[written++] = byte;
    before = byte;
  }
  return result;
}

function bareLineFeeds(bytes: Buffer): number {
  let bare = 0;
  let before = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === LF && before !== CR) bare += 1;
    before = byte;
  }
  return bare;
}
