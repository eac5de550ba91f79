import type { CalendarEvent } from './calendar.js';
import type { IntakeNotes } from './intake-policy.js';
import type { MessageReport } from './message-report.js';
import type { AuthorKey, Protection } from './protection.js';

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
  /** As transmitted, folding kept, one character a byte; absent where it is the same as `value`. */
  raw?: string;
}

export interface Attachment {
  /**
   * Position in the MIME tree, `1`, `2.1`, ... as IMAP counts (RFC 9051 6.4.5). Files inside a TNEF stream (winmail.dat) are
   * counted below its part, `2.tnef.1`; `2.tnef.1.tnef.1` lies in a message inside it, `2.tnef.1.2` in a MIME message.
   */
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

/** One part of the MIME tree (RFC 2046), the structure that the mail itself has. */
export interface MimePart {
  /** As IMAP counts (RFC 9051 6.4.5); empty for the message itself where it is a multipart. */
  part: string;
  contentType: string;
  disposition: 'attachment' | 'inline' | null;
  filename: string | null;
  contentId: string | null;
  /** Bytes: of a leaf decoded, of anything else as transmitted. */
  size: number;
  /**
   * What was made of it: `text` and `html` are in the message's text, `attachment` is listed as one, `message` is both
   * listed and embedded, `multipart` holds others, `opened` was encrypted or signed as one and holds what was in it,
   * `cut` lies beyond a limit.
   */
  role: 'multipart' | 'text' | 'html' | 'attachment' | 'message' | 'opened' | 'cut';
  /** Of a multipart its parts; of an embedded message its one body. */
  children: MimePart[];
}

/** A message inside the message (message/rfc822, or inside TNEF), by itself; its parts are in the MIME tree below `part`. */
export interface EmbeddedMessage {
  part: string;
  subject: string;
  from: Address[];
  to: Address[];
  date: string | null;
  messageId: string | null;
  headers: HeaderField[];
  /** Its readable text, cut at 16 K characters. */
  text: string;
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
  /** An archive that would unpack to more than this many times its size is a bomb, and so is ... */
  archiveRatio: number;
  /** ... one with more entries; below this many unpacked bytes the ratio does not count. */
  archiveEntries: number;
  archiveBytes: number;
}

export const DEFAULT_PARSE_LIMITS = {
  parts: 1_000,
  depth: 50,
  headerBytes: 512 * 1024,
  textCharacters: 256 * 1024,
  decodedBytes: 256 * 1024 * 1024,
  links: 1_000,
  archiveRatio: 100,
  archiveEntries: 10_000,
  archiveBytes: 50 * 1024 * 1024,
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
  /** Content-IDs that the HTML shows in place (`cid:`, RFC 2392), without angle brackets. */
  referencedContentIds: string[];
  /** The MIME tree; null where there is none to speak of (an empty message). */
  structure: MimePart | null;
  /** Messages inside this one, outermost first. */
  embedded: EmbeddedMessage[];
  /** What a multipart/report says to machines; null where the message is none. */
  report: MessageReport | null;
  /** Events of its calendars (text/calendar, .ics files). */
  events: CalendarEvent[];
  links: Link[];
  /** Text that a reader of the HTML does not see (display:none, font-size 0, same colour). */
  hiddenText: string;
  parts: number;
  depth: number;
  defects: Defect[];
  /** For mail of machines and lists; null where the header fields say nothing. */
  listId: string | null;
  autoSubmitted: string | null;
  /** What was encrypted or signed in it, and whether it was opened; absent where nothing is. */
  protection?: Protection;
  /** Keys of its author that it brings along, an Autocrypt field aside; absent where there are none. */
  authorKeys?: AuthorKey[];
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
  /** What the intake found out about who delivered it. */
  intake?: IntakeNotes;
  /** Where it was taken from, for mail that came over IMAP: then there was no session of SMTP with us. */
  imap?: { accountId: string; folder: string; uidValidity: number; uid: number };
}
