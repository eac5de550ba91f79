import { codePageCharset } from './code-page.js';
import { decompressRtf } from './compressed-rtf.js';
import type { DefectList } from './defect-list.js';
import { MAPI_ID, MAPI_TYPE, MapiProperties, shortText } from './mapi-properties.js';
import { readRtf } from './rtf-text.js';
import { hasTnefSignature, TNEF_TAG, tnefAttributes, type TnefAttribute } from './tnef-attributes.js';
import { fileOf, TnefAttachment, type TnefFile } from './tnef-attachment.js';

/** A body that a TNEF stream carries. */
export interface TnefBody {
  kind: 'plain' | 'html';
  bytes: Buffer;
  charset: string;
}

/** What a TNEF stream (MS-OXTNEF) holds: a message as Outlook has it. */
export interface TnefMessage {
  /** What is shown first; two of a kind where the stream says it twice. */
  bodies: TnefBody[];
  files: TnefFile[];
  /** A header section of what it says of itself, UTF-8. */
  header: Buffer;
}

const TYPES = /^application\/(?:vnd\.)?ms-tnef$/;
/** Over all streams of a message: packed RTF grows to eight times its size. */
const MAX_RTF = 32 * 1024 * 1024;
/** Of it, what is searched for text. */
const MAX_RTF_READ = 8 * 1024 * 1024;
const MAX_FILES = 10_000;
const MAX_HEADER = 64 * 1024;

/** By what its first bytes say, or what it is said to be. */
export function isTnef(contentType: string, bytes: Buffer): boolean {
  return hasTnefSignature(bytes) || TYPES.test(contentType);
}

/** Reads the TNEF streams of one message, which share its bounds. */
export class TnefReader {
  readonly #textCharacters: number;
  readonly #defects: DefectList;
  #rtfLeft = MAX_RTF;
  #rtfReadLeft = MAX_RTF_READ;

  constructor(textCharacters: number, defects: DefectList) {
    this.#textCharacters = textCharacters;
    this.#defects = defects;
  }

  /**
   * Never throws on what a stream holds: gives what can be read, and a defect for what cannot.
   * @param where that is, for defects: `in part 2`
   */
  read(bytes: Buffer, where: string): TnefMessage {
    if (!hasTnefSignature(bytes)) {
      this.#defects.add('tnef.signature', `The TNEF ${where} does not begin as one; it was not read.`);
      return { bodies: [], files: [], header: Buffer.alloc(0) };
    }
    const stream = new Stream(where, this.#defects);
    for (const attribute of tnefAttributes(bytes, where, this.#defects)) stream.take(attribute);
    const bodies = stream.bodies();
    const files = stream.attachments.flatMap((attachment) => fileOf(attachment, where, this.#defects));
    const rtf = stream.properties.bytes(MAPI_ID.compressedRtf);
    if (rtf !== null && rtf.value.length > 0) this.#readRtf(rtf.value, where, bodies, files);
    return { bodies, files, header: stream.header() };
  }

  #readRtf(packed: Buffer, where: string, bodies: TnefBody[], files: TnefFile[]): void {
    const unpacked = decompressRtf(packed, this.#rtfLeft);
    if (unpacked === null) {
      this.#defects.add('tnef.rtf', `The RTF body of the TNEF ${where} cannot be unpacked.`);
      return;
    }
    const { rtf, flaws } = unpacked;
    this.#rtfLeft -= rtf.length;
    for (const flaw of flaws)
      this.#defects.add(`tnef.rtf.${flaw}`, `The RTF body of the TNEF ${where} ${FLAWS[flaw]}.`);
    const searched = rtf.subarray(0, this.#rtfReadLeft);
    this.#rtfReadLeft -= searched.length;
    const read = readRtf(searched, this.#textCharacters);
    if (read.cut || searched.length < rtf.length) {
      this.#defects.add('tnef.rtf.size', `The text of the RTF body of the TNEF ${where} was not read to its end.`);
    }
    if (read.deep) this.#defects.add('tnef.rtf.depth', `The RTF body of the TNEF ${where} is nested too deep.`);
    const kind = read.kind === 'html' ? 'html' : 'plain';
    if (read.text.trim() !== '') bodies.push({ kind, bytes: Buffer.from(read.text), charset: 'utf-8' });
    // Text and HTML are what such a document was made of; any other, and what text cannot show, is kept whole.
    if (read.kind === 'rtf' || read.objects || searched.length < rtf.length) {
      files.push({
        filename: 'body.rtf',
        contentType: 'application/rtf',
        contentId: null,
        bytes: rtf,
        embedded: false,
      });
    }
  }
}

const FLAWS = {
  length: 'has another length than it states',
  checksum: 'does not match its checksum',
  size: 'is longer than is kept; its end was not read',
} as const;

class Stream {
  readonly properties: MapiProperties;
  readonly attachments: TnefAttachment[] = [];
  readonly #where: string;
  readonly #defects: DefectList;
  #codePage: number | null = null;
  #subject: Buffer | null = null;
  #body: Buffer | null = null;
  #messageId: Buffer | null = null;

  constructor(where: string, defects: DefectList) {
    this.#where = where;
    this.#defects = defects;
    this.properties = new MapiProperties(() => this.#charset());
  }

  take({ level, tag, data }: TnefAttribute): void {
    if (level === 'attachment') {
      this.#attachmentFor(tag)?.take(tag, data, this.#where, this.#defects);
      return;
    }
    switch (tag) {
      case TNEF_TAG.oemCodePage:
        if (data.length >= 4) this.#codePage ??= data.readUInt32LE(0);
        return;
      case TNEF_TAG.subject:
        this.#subject ??= data;
        return;
      case TNEF_TAG.body:
        this.#body ??= data;
        return;
      case TNEF_TAG.messageId:
        this.#messageId ??= data;
        return;
      case TNEF_TAG.messageProperties:
        this.properties.add(data, `of the TNEF ${this.#where}`, this.#defects);
        return;
      default:
    }
  }

  /** An attachment begins with its rendering data; one that lacks it begins with whatever comes first. */
  #attachmentFor(tag: number): TnefAttachment | undefined {
    if (tag === TNEF_TAG.attachRenderData || this.attachments.length === 0) {
      if (this.attachments.length >= MAX_FILES) {
        this.#defects.add('tnef.parts', `The TNEF ${this.#where} has more than ${MAX_FILES} attachments.`);
        return undefined;
      }
      this.attachments.push(new TnefAttachment(() => this.#charset()));
    }
    return this.attachments.at(-1);
  }

  #charset(): string {
    return codePageCharset(this.#codePage);
  }

  bodies(): TnefBody[] {
    const bodies: TnefBody[] = [];
    const plain = this.properties.bytes(MAPI_ID.body);
    if (plain !== null) {
      bodies.push({ kind: 'plain', bytes: plain.value, charset: this.properties.charsetOf(plain) });
    }
    if (this.#body !== null && plain?.value.equals(this.#body) !== true) {
      bodies.push({ kind: 'plain', bytes: this.#body, charset: this.#charset() });
    }
    const html = this.properties.bytes(MAPI_ID.html);
    if (html !== null) {
      const codePage = this.properties.integer(MAPI_ID.internetCodePage);
      const stated = html.type === MAPI_TYPE.binary && codePage !== null ? codePageCharset(codePage) : null;
      bodies.push({ kind: 'html', bytes: html.value, charset: stated ?? this.properties.charsetOf(html) });
    }
    return bodies
      .map((body) => ({ ...body, bytes: withoutNul(body.bytes, body.charset) }))
      .filter(({ bytes }) => bytes.length > 0);
  }

  /** The header section that it came with, else one of what the properties say. */
  header(): Buffer {
    const transported = this.properties.text(MAPI_ID.transportHeaders, MAX_HEADER);
    if (transported.includes(':')) return Buffer.from(`${transported.trim()}\r\n\r\n`);
    const text = (id: number): string =>
      this.properties
        .text(id)
        .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
        .trim();
    const first = (...ids: number[]): string => ids.map(text).find((value) => value !== '') ?? '';
    const subject = text(MAPI_ID.subject) || shortText(this.#subject ?? Buffer.alloc(0), this.#charset());
    const name = first(MAPI_ID.representingName, MAPI_ID.senderName).replace(/["\\]/g, '');
    const address = first(
      MAPI_ID.representingSmtpAddress,
      MAPI_ID.senderSmtpAddress,
      MAPI_ID.representingAddress,
      MAPI_ID.senderAddress,
    ).replace(/[<>]/g, '');
    const date = this.properties.time(MAPI_ID.submitTime);
    const messageId = text(MAPI_ID.messageId) || shortText(this.#messageId ?? Buffer.alloc(0), this.#charset());
    const lines = [
      subject === '' ? '' : `Subject: ${subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`,
      address.includes('@') ? `From: "${name}" <${address}>` : '',
      date === null ? '' : `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
      messageId.includes('@') ? `Message-ID: ${messageId.replace(/\p{Cc}+/gu, '')}` : '',
    ];
    return Buffer.from(`${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`);
  }
}

/** Strings end in a NUL, and some senders count more. */
function withoutNul(bytes: Buffer, charset: string): Buffer {
  const wide = charset.startsWith('utf-16');
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  // The last NUL may be the high byte of the last character.
  return bytes.subarray(0, wide ? Math.min(bytes.length, end + (end % 2)) : end);
}
