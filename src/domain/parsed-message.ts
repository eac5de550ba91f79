/** An address as RFC 5322 3.4 gives it; a group's members are listed flat with the group's name. */
export interface Address {
  address: string;
  name: string;
  group?: string;
}

export interface HeaderField {
  /** As written, for example `Received`. */
  name: string;
  /** Unfolded, encoded words (RFC 2047) decoded, charset repaired. */
  value: string;
}

export interface Attachment {
  /** Position in the MIME tree, `1`, `2.1`, ... as IMAP counts (RFC 9051 6.4.5). */
  part: string;
  filename: string | null;
  /** What the part says it is, lower case. */
  contentType: string;
  /** What its first bytes say it is; null where they say nothing. */
  sniffedType: string | null;
  /** Decoded bytes. */
  size: number;
  sha256: string;
  contentId: string | null;
  disposition: 'attachment' | 'inline';
  /** For archives that could be listed: the names inside, at most 1,000; null where it is no archive or unreadable. */
  entries: string[] | null;
  encrypted: boolean;
  /** An Office file with macros. */
  macros: boolean;
}

export interface Link {
  /** The target as written in the mail. */
  url: string;
  /** What a reader sees; the same as `url` for a bare link in text. */
  text: string;
  /** Host of the target, lower case, ASCII form; null where it is none (mailto:, broken). */
  host: string | null;
}

/** What could not be read, was repaired or was cut. `code` in dotted lower case: `mime.depth`, `header.charset`, ... */
export interface Defect {
  code: string;
  explanation: string;
}

/** Hard limits of the parser; what lies beyond is cut and marked with a defect. */
export interface ParseLimits {
  /** MIME parts, attachments included. */
  parts: number;
  /** Nesting of multiparts and embedded messages. */
  depth: number;
  /** Bytes of one header section. */
  headerBytes: number;
  /** Characters of text, and of HTML, that are kept for the later steps. */
  textCharacters: number;
  /** Decoded bytes over all parts. */
  decodedBytes: number;
  links: number;
}

export const DEFAULT_PARSE_LIMITS = {
  parts: 1_000,
  depth: 50,
  headerBytes: 512 * 1024,
  textCharacters: 256 * 1024,
  decodedBytes: 256 * 1024 * 1024,
  links: 1_000,
} satisfies ParseLimits;

/** A message as all later steps see it: facts, bounded in size, safe to copy between threads. */
export interface ParsedMessage {
  subject: string;
  from: Address[];
  sender: Address[];
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  /** ISO 8601 in UTC; null where absent or unreadable. */
  date: string | null;
  /** Minutes east of UTC that the Date field stated; null where it stated none. */
  dateOffset: number | null;
  /** Without angle brackets, as all three. */
  messageId: string | null;
  inReplyTo: string[];
  references: string[];
  headers: HeaderField[];
  /** The readable text: the plain body, else the HTML body as text. Line ends are \n. */
  text: string;
  html: string | null;
  /** `text` without quoted text and signature. */
  newText: string;
  signature: string | null;
  attachments: Attachment[];
  links: Link[];
  /** Text that a reader of the HTML does not see (display:none, font-size 0, same colour). */
  hiddenText: string;
  parts: number;
  depth: number;
  defects: Defect[];
  /** For mail of machines and lists; null where the header fields say nothing. */
  listId: string | null;
  autoSubmitted: string | null;
}

/** The facts of an SMTP session (RFC 5321) under which a message came in. */
export interface SmtpSession {
  clientAddress: string | null;
  clientHostname: string | null;
  helo: string | null;
  tls: { protocol: string; cipher: string } | null;
  authenticatedAs: string | null;
  mailFrom: string;
  recipients: string[];
  smtpUtf8: boolean;
  receivedAt: string;
}
