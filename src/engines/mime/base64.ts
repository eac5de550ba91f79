export interface DecodedBase64 {
  bytes: Buffer;
  /** How many characters were neither base64 nor white space. */
  foreign: number;
  /** What became of what follows the padding. */
  rest: 'none' | 'decoded' | 'skipped';
}

/** Decoded in pieces of this size: the whole of a long text would be copied twice more. */
const PIECE = 1024 * 1024;
const OUTSIDE = /[^A-Za-z0-9+/=]+/g;

/**
 * Decodes base64 (RFC 2045 6.8), leaving out what is not of its alphabet. Node alone would also take `-` and `_`, which
 * are not, and stop at the first padding, behind which other readers go on.
 */
export function decodeBase64(body: Buffer): DecodedBase64 {
  const out = Buffer.allocUnsafe(Math.ceil((body.length * 3) / 4) + 4);
  let length = 0;
  let foreign = 0;
  let carry = '';
  let rest: DecodedBase64['rest'] = 'none';
  let ended = false;
  for (let pos = 0; pos < body.length; pos += PIECE) {
    const last = pos + PIECE >= body.length;
    const clean = body.toString('latin1', pos, Math.min(body.length, pos + PIECE)).replace(OUTSIDE, (outside) => {
      if (outside !== '\r\n' && outside !== '\n') foreign += outside.replace(/\s/g, '').length;
      return '';
    });
    let text = carry + clean;
    carry = '';
    while (text !== '') {
      const padding = text.indexOf('=');
      const end = padding === -1 ? text.length : padding;
      const whole = padding === -1 && !last ? end - (end % 4) : end;
      const next = padding === -1 ? whole : behindPadding(text, padding);
      const piece = text.slice(0, whole);
      if (ended && piece !== '') {
        if (next % 4 !== 0 && (last || padding !== -1)) {
          rest = 'skipped';
          return { bytes: out.subarray(0, length), foreign, rest };
        }
        rest = 'decoded';
      }
      length += out.write(piece, length, 'base64');
      if (padding === -1) {
        carry = text.slice(whole);
        break;
      }
      ended = true;
      text = text.slice(next);
    }
  }
  return { bytes: out.subarray(0, length), foreign, rest };
}

function behindPadding(text: string, from: number): number {
  let pos = from;
  while (text[pos] === '=') pos += 1;
  return pos;
}
