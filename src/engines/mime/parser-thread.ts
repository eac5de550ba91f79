import type { ParsedMessage, ParseLimits } from '../../domain/parsed-message.js';
import type { Opening } from '../../domain/protection.js';
import { parseMessage } from './parse-message.js';

export interface ParserTask {
  raw: Uint8Array;
  limits: ParseLimits;
  /** What an encrypted or signed message is opened with; null for any other. */
  opening: Opening | null;
  /** Shared with whoever asked; becomes 1 when the message is taken up. */
  takenUp: Int32Array;
}

/** Tells whoever asked that the message's time begins now: a thread takes a moment to be there. */
export function takeUp({ takenUp }: ParserTask): void {
  Atomics.store(takenUp, 0, 1);
  Atomics.notify(takenUp, 0);
}

/** What a thread of the parser pool runs. */
export default async function parse(task: ParserTask): Promise<ParsedMessage> {
  takeUp(task);
  const { raw, limits, opening } = task;
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (opening === null) return parseMessage(bytes, limits);
  // Its libraries are large, and most threads never need them.
  const { openMessage } = await import('../protection/open-message.js');
  return openMessage(bytes, limits, opening);
}
