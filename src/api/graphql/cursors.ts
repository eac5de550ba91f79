import type { MessagePosition } from '../../adapters/messages/read-messages.js';
import { ApiError } from './errors.js';

/** Cursors are opaque to clients: base64url of a kind, a version and what the next read starts from. */
const MESSAGE = /^m1:(\d{1,16}):([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;
const ID = /^i1:([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;
const FEED = /^f1:(\d{1,15})$/;

export function messageCursor({ receivedMicros, id }: MessagePosition): string {
  return encode(`m1:${receivedMicros}:${id}`);
}

/** @throws ApiError BAD_USER_INPUT for anything that messages() did not give */
export function readMessageCursor(cursor: string): MessagePosition {
  const match = MESSAGE.exec(decode(cursor));
  if (match === null) throw malformed('messages(after)', 'endCursor of a page or the cursor of an edge');
  return { receivedMicros: Number(match[1]), id: match[2]! };
}

/** A place in a list that goes by id. */
export function idCursor({ id }: { id: string }): string {
  return encode(`i1:${id}`);
}

/** @throws ApiError BAD_USER_INPUT for anything that no such list gave */
export function readIdCursor(cursor: string): string {
  const match = ID.exec(decode(cursor));
  if (match === null) throw malformed('after', 'endCursor of a page or the cursor of an edge');
  return match[1]!;
}

export function feedCursor(position: number): string {
  return encode(`f1:${position}`);
}

/** @throws ApiError BAD_USER_INPUT for anything that no event carried */
export function readFeedCursor(cursor: string): number {
  const match = FEED.exec(decode(cursor));
  if (match === null) throw malformed('after', 'cursor of the last event that you have');
  return Number(match[1]);
}

const encode = (text: string) => Buffer.from(text).toString('base64url');
const decode = (cursor: string) => Buffer.from(cursor, 'base64url').toString();

const malformed = (argument: string, source: string) =>
  new ApiError('BAD_USER_INPUT', `${argument} is not a cursor: pass the ${source} as you got it, or leave it out`);
