/** What takes the tokens of an RTF document. */
export interface RtfReceiver {
  open(): void;
  close(): void;
  /** A control word or control symbol; `\'hh` comes as `byte`. */
  control(word: string, parameter: number | null): void;
  byte(value: number): void;
}

const MAX_WORD = 32;
const MAX_DIGITS = 10;
const [OPEN, CLOSE, ESCAPE, MINUS, SPACE, QUOTE, CR, LF] = [0x7b, 0x7d, 0x5c, 0x2d, 0x20, 0x27, 0x0d, 0x0a];

/** Reads RTF token by token in one pass, until `done`; binary data (`\bin`) is stepped over. */
export function scanRtf(rtf: Buffer, receiver: RtfReceiver, done: () => boolean): void {
  let pos = 0;
  while (pos < rtf.length && !done()) {
    const byte = rtf[pos] ?? 0;
    pos += 1;
    if (byte === OPEN) receiver.open();
    else if (byte === CLOSE) receiver.close();
    else if (byte === ESCAPE) pos = scanControl(rtf, pos, receiver);
    else if (byte !== CR && byte !== LF && byte !== 0) receiver.byte(byte);
  }
}

/** Gives where the token ends. */
function scanControl(rtf: Buffer, start: number, receiver: RtfReceiver): number {
  let pos = start;
  while (pos < rtf.length && pos - start < MAX_WORD && isLetter(rtf[pos] ?? 0)) pos += 1;
  if (pos === start) return scanSymbol(rtf, start, receiver);
  const word = rtf.toString('latin1', start, pos);
  const digits = pos;
  if (rtf[pos] === MINUS) pos += 1;
  while (pos < rtf.length && pos - digits <= MAX_DIGITS && isDigit(rtf[pos] ?? 0)) pos += 1;
  const parameter = Number.parseInt(rtf.toString('latin1', digits, pos), 10);
  if (rtf[pos] === SPACE) pos += 1;
  if (word === 'bin' && parameter > 0) return pos + parameter;
  receiver.control(word, Number.isNaN(parameter) ? null : parameter);
  return pos;
}

function scanSymbol(rtf: Buffer, start: number, receiver: RtfReceiver): number {
  const symbol = rtf[start];
  if (symbol === undefined) return start;
  if (symbol !== QUOTE) {
    receiver.control(String.fromCharCode(symbol), null);
    return start + 1;
  }
  const hex = rtf.toString('latin1', start + 1, start + 3);
  if (!/^[0-9a-f]{2}$/i.test(hex)) return start + 1;
  receiver.byte(Number.parseInt(hex, 16));
  return start + 3;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
