const HEAD_BYTES = 16 * 1024;
/** RFC 5321 4.4: the final delivery puts it at the very beginning, before every trace field of the way here. */
const RETURN_PATH = /^Return-Path:[ \t]*(?:\r?\n[ \t]+)?<([^<>\r\n]{0,320})>/i;

/**
 * The envelope sender as the server noted it on delivery, `''` for the null sender; null where it did not. A field
 * further down was written by whoever sent the message.
 */
export function returnPath(head: Buffer): string | null {
  return RETURN_PATH.exec(head.subarray(0, HEAD_BYTES).toString('latin1'))?.[1] ?? null;
}
