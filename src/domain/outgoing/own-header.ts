/** What is read of the header section of mail that we send, one character a byte. */

const MESSAGE_ID = /^message-id:(?:\r?\n[ \t]|[ \t])*<([\x21-\x3b\x3d\x3f-\x7e]{1,500})>/im;

/** The header section of a message, without the empty line that ends it. */
export function headerSection(message: string): string {
  const end = /\r?\n\r?\n/.exec(message)?.index ?? message.length;
  return message.slice(0, end);
}

/** The Message-ID without angle brackets; null where there is none. */
export function messageIdIn(message: string): string | null {
  return MESSAGE_ID.exec(headerSection(message))?.[1] ?? null;
}

/** Whether it answers mail by itself (RFC 3834 5) or reports on some: nobody is told of such. */
export function isAutomaticAnswer(message: string): boolean {
  const header = headerSection(message);
  return (
    /^auto-submitted:[ \t]*auto-(?:replied|notified)/im.test(header) ||
    /^content-type:[ \t]*multipart\/report\b/im.test(header) ||
    /^return-path:[ \t]*<>/im.test(header)
  );
}
