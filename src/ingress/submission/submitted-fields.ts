import addressparser from 'nodemailer/lib/addressparser';
import libmime from 'libmime';

/** What of a submitted message's header section the submission has to know, and what leaves. */
export interface SubmittedMail {
  /** Without the fields that are for us alone: Bcc and Idempotency-Key. */
  bytes: Buffer;
  /** Values of From, unfolded; a message must have one. */
  from: string[];
  /** Addresses of From, as they are written. */
  authors: string[];
  /** By address in small letters: where it stands, and its display name. */
  named: ReadonlyMap<string, { role: 'to' | 'cc'; name: string | null }>;
  idempotencyKeys: string[];
  /** Servers that it has passed already. */
  received: number;
}

interface HeaderField {
  name: string;
  /** With its name and line ends. */
  start: number;
  end: number;
}

const OURS: readonly string[] = ['bcc', 'resent-bcc', 'idempotency-key'];
const LF = 0x0a;
const CR = 0x0d;
/** Stands for a line that is none. */
const NO_FIELD = '';
/** Of more addresses in To and Cc, the rest count as not named. */
const MOST_NAMED = 10_000;

/**
 * Reads a message as it was submitted, lines ended by CRLF. Behind a line that is no field the fields up to the empty
 * line count too: some receivers read on there, and would show another author, or who gets a blind copy.
 */
export function readSubmitted(raw: Buffer): SubmittedMail {
  const fields = headerFields(raw);
  const values = (name: string) => fields.filter((field) => field.name === name).map((field) => valueOf(raw, field));
  const from = values('from');
  const named = new Map<string, { role: 'to' | 'cc'; name: string | null }>();
  for (const role of ['to', 'cc'] as const) {
    for (const { address, name } of values(role).flatMap(addressesOf)) {
      if (named.size >= MOST_NAMED) break;
      const key = address.toLowerCase();
      if (!named.has(key)) named.set(key, { role, name: name === '' ? null : name.slice(0, 200) });
    }
  }
  return {
    bytes: without(
      raw,
      fields.filter(({ name }) => OURS.includes(name)),
    ),
    from,
    authors: from.flatMap(addressesOf).map(({ address }) => address),
    named,
    idempotencyKeys: values('idempotency-key').map((value) => value.trim()),
    received: fields.filter(({ name }) => name === 'received').length,
  };
}

function headerFields(raw: Buffer): HeaderField[] {
  const fields: HeaderField[] = [];
  let start = 0;
  while (start < raw.length) {
    const end = lineEnd(raw, start);
    const first = raw[start]!;
    if (first === 0x20 || first === 0x09) {
      const last = fields.at(-1);
      if (last === undefined) break;
      last.end = end;
    } else {
      const name = /^([!-9;-~]{1,998})[ \t]*:/.exec(raw.toString('latin1', start, Math.min(end, start + 1_100)))?.[1];
      if (name === undefined && (first === LF || (first === CR && raw[start + 1] === LF))) break;
      fields.push({ name: name?.toLowerCase() ?? NO_FIELD, start, end });
    }
    start = end;
  }
  return fields;
}

function lineEnd(raw: Buffer, start: number): number {
  const at = raw.indexOf(LF, start);
  return at === -1 ? raw.length : at + 1;
}

function valueOf(raw: Buffer, { name, start, end }: HeaderField): string {
  const text = raw.toString('utf8', start, end);
  return text
    .slice(text.indexOf(':', name.length) + 1)
    .replace(/\r?\n(?=[ \t])/g, '')
    .trim();
}

function addressesOf(value: string): { address: string; name: string }[] {
  return addressparser(value, { flatten: true }).flatMap(({ address, name }) =>
    address === undefined || address === '' ? [] : [{ address, name: libmime.decodeWords(name ?? '') }],
  );
}

function without(raw: Buffer, fields: readonly HeaderField[]): Buffer {
  if (fields.length === 0) return raw;
  const kept: Buffer[] = [];
  let from = 0;
  for (const { start, end } of fields) {
    kept.push(raw.subarray(from, start));
    from = end;
  }
  return Buffer.concat([...kept, raw.subarray(from)]);
}
