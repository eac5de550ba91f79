import type { ParsedMessage } from '../../src/domain/parsed-message.js';
import parse, { takeUp, type ParserTask } from '../../src/engines/mime/parser-thread.js';

/** The real parser, except that some messages keep it busy for ever. */
export default async function parseOrHang(task: ParserTask): Promise<ParsedMessage> {
  takeUp(task);
  if (Buffer.from(task.raw).includes('\r\nX-Parser: hang\r\n')) for (;;);
  return parse(task);
}
