/** More than any intake takes: what has no end by then is no header section. */
const LONGEST_HEADER = 2 * 1024 * 1024;
const CR = 0x0d;

/** A bare CR or LF ends a line, as it will on the wire. */
const LINE_END = '(?:\\r\\n|\\r(?!\\n)|\\n)';
const EMPTY_LINE = new RegExp(`(${LINE_END})${LINE_END}|^${LINE_END}`);

export interface SplitMessage {
  /** With the line end of its last field, without the empty line. */
  header: Buffer;
  /** What stands behind the empty line. */
  body: AsyncIterable<Buffer>;
}

/** Reads the header section of a message and leaves the rest to be read. */
export async function splitHeader(chunks: AsyncIterable<Buffer>): Promise<SplitMessage> {
  const iterator = chunks[Symbol.asyncIterator]();
  let read: Buffer = Buffer.alloc(0);
  let ended = false;
  let found: { headerEnd: number; bodyStart: number } | null = null;
  while (found === null && !ended && read.length <= LONGEST_HEADER) {
    const next = await iterator.next();
    ended = next.done === true;
    if (next.done !== true) read = Buffer.concat([read, next.value]);
    // A CR at the end may be half of a line end.
    found = emptyLineIn(!ended && read.at(-1) === CR ? read.subarray(0, -1) : read);
  }
  const { headerEnd, bodyStart } = found ?? { headerEnd: read.length, bodyStart: read.length };
  return { header: read.subarray(0, headerEnd), body: following(read.subarray(bodyStart), iterator) };
}

function emptyLineIn(read: Buffer): { headerEnd: number; bodyStart: number } | null {
  const found = EMPTY_LINE.exec(read.toString('latin1'));
  if (found === null) return null;
  return { headerEnd: found.index + (found[1]?.length ?? 0), bodyStart: found.index + found[0].length };
}

async function* following(first: Buffer, after: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await after.next(); next.done !== true; next = await after.next()) yield next.value;
}
