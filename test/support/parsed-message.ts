import type { Address, Attachment, Link, ParsedMessage } from '../../src/domain/parsed-message.js';

/** A plain mail of Jane Doe to support, for tests of what comes after parsing. */
export function parsedMessage(fields: Partial<ParsedMessage> = {}): ParsedMessage {
  const text = fields.text ?? fields.newText ?? '';
  return {
    subject: '',
    from: [address('jane.doe@example.net', 'Jane Doe')],
    sender: [],
    replyTo: [],
    to: [address('support@example.org', '')],
    cc: [],
    bcc: [],
    date: '2026-03-02T09:00:00.000Z',
    dateOffset: 60,
    messageId: '1@example.net',
    inReplyTo: [],
    references: [],
    headers: [],
    text,
    html: null,
    newText: text,
    signature: null,
    attachments: [],
    referencedContentIds: [],
    structure: null,
    embedded: [],
    report: null,
    events: [],
    links: [],
    hiddenText: '',
    parts: 1,
    depth: 1,
    defects: [],
    listId: null,
    autoSubmitted: null,
    ...fields,
  };
}

export function address(written: string, name: string): Address {
  return { address: written, name };
}

export function link(url: string, text: string = url): Link {
  return { url, text, host: URL.parse(url)?.hostname ?? null };
}

export function attachment(fields: Partial<Attachment> = {}): Attachment {
  return {
    part: '2',
    filename: null,
    contentType: 'application/octet-stream',
    sniffedType: null,
    size: 100,
    sha256: 'a'.repeat(64),
    contentId: null,
    disposition: 'attachment',
    entries: null,
    encrypted: false,
    macros: false,
    ...fields,
  };
}
