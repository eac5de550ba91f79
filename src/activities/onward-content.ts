import type { ReceivedMessage } from '../adapters/onward/message-content.js';
import { onwardHeader } from '../engines/onward/onward-header.js';
import { splitHeader } from '../engines/onward/split-header.js';
import { wireLines } from '../engines/onward/wire-lines.js';

/** A message as it goes onward. */
export interface OnwardContent {
  /** Bytes, nearly: what a server is told with SIZE. */
  size: number;
  receivedFields: number;
  traces: string[];
  /** From its first byte on, as often as it is asked for; one chunk of the database is in memory at a time. */
  chunks(): AsyncGenerator<Buffer>;
}

const EMPTY_LINE = Buffer.from('\r\n');

/** Our trace and verdicts, the fields of the message, and its body, in lines that every server reads as the same lines. */
export async function onwardContent(messageId: string, message: ReceivedMessage): Promise<OnwardContent> {
  const { header: received } = await splitHeader(wireLines(message.chunks()));
  const header = onwardHeader(received, {
    messageId,
    trace: message.trace,
    authenticationResults: message.authenticationResults,
    spam: message.spam,
    threatLevel: message.security?.threatLevel ?? null,
  });
  return {
    size: header.bytes.length + EMPTY_LINE.length + Math.max(0, message.size - received.length),
    receivedFields: header.receivedFields,
    traces: header.traces,
    async *chunks() {
      yield Buffer.concat([header.bytes, EMPTY_LINE]);
      yield* (await splitHeader(wireLines(message.chunks()))).body;
    },
  };
}
