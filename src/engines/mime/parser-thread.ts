import type { ParsedMessage, ParseLimits } from '../../domain/parsed-message.js';
import { parseMessage } from './parse-message.js';

export interface ParserTask {
  raw: Uint8Array;
  limits: ParseLimits;
  /** Shared with whoever asked; becomes 1 when the message is taken up. */
  takenUp: Int32Array;
}

/** Tells whoever asked that the message's time begins now: a thread takes a moment to be there. */
export function takeUp({ takenUp }: ParserTask): void {
  Atomics.store(takenUp, 0, 1);
  Atomics.notify(takenUp, 0);
}

/** What a thread of the parser pool runs. */
export default function parse(task: ParserTask): Promise<ParsedMessage> {
  takeUp(task);
  const { raw, limits } = task;
  return parseMessage(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), limits);
}
