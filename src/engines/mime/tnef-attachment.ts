import type { DefectList } from './defect-list.js';
import { MAPI_ID, MAPI_TYPE, MapiProperties, shortText } from './mapi-properties.js';
import { TNEF_TAG } from './tnef-attributes.js';

/** A file inside a TNEF stream. */
export interface TnefFile {
  filename: string | null;
  contentType: string;
  contentId: string | null;
  bytes: Buffer;
  /** It is a message of its own, as TNEF. */
  embedded: boolean;
}

/** PidTagAttachMethod (MS-OXCMSG 2.2.2.9). */
const EMBEDDED_MESSAGE = 5;
const REFERENCES: readonly number[] = [2, 3, 4, 7];
/** IID_IMessage, as an object property begins. */
const MESSAGE_INTERFACE = Buffer.from('0703020000000000c000000000000046', 'hex');
const INTERFACE_SIZE = 16;
const TYPE = /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/;
const MAX_ID = 998;

/** The attributes of one attachment as they come. */
export class TnefAttachment {
  readonly properties: MapiProperties;
  data: Buffer | null = null;
  #title: Buffer | null = null;
  #transportName: Buffer | null = null;
  readonly #charset: () => string;

  constructor(charset: () => string) {
    this.#charset = charset;
    this.properties = new MapiProperties(charset);
  }

  take(tag: number, data: Buffer, where: string, defects: DefectList): void {
    if (tag === TNEF_TAG.attachData) this.data ??= data;
    else if (tag === TNEF_TAG.attachTitle) this.#title ??= data;
    else if (tag === TNEF_TAG.attachTransportFilename) this.#transportName ??= data;
    else if (tag === TNEF_TAG.attachmentProperties) {
      this.properties.add(data, `of an attachment in the TNEF ${where}`, defects);
    }
  }

  filename(): string | null {
    const given = [MAPI_ID.attachLongFilename, MAPI_ID.attachFilename, MAPI_ID.attachTransportName];
    const names = [
      ...given.map((id) => this.properties.text(id)),
      this.#short(this.#title),
      this.#short(this.#transportName),
      this.properties.text(MAPI_ID.displayName),
    ];
    return names.find((name) => name !== '') ?? null;
  }

  #short(bytes: Buffer | null): string {
    return bytes === null ? '' : shortText(bytes, this.#charset());
  }
}

/** The file of an attachment; two where its attributes and its properties give different bytes. */
export function fileOf(attachment: TnefAttachment, where: string, defects: DefectList): TnefFile[] {
  const { properties } = attachment;
  const filename = attachment.filename();
  const method = properties.integer(MAPI_ID.attachMethod);
  const property = properties.bytes(MAPI_ID.attachData);
  const isObject = property?.type === MAPI_TYPE.object;
  const held = isObject ? property.value.subarray(INTERFACE_SIZE) : (property?.value ?? null);
  const embedded =
    method === EMBEDDED_MESSAGE || (isObject && property.value.subarray(0, INTERFACE_SIZE).equals(MESSAGE_INTERFACE));
  markReference(properties, method, filename, where, defects);
  const type = properties.text(MAPI_ID.attachMimeTag).toLowerCase();
  const file = {
    filename,
    contentType: embedded ? 'application/ms-tnef' : TYPE.test(type) ? type : 'application/octet-stream',
    contentId: contentIdOf(properties),
  };
  const { data } = attachment;
  if (held === null || held.length === 0) return [{ ...file, bytes: data ?? Buffer.alloc(0), embedded }];
  if (data === null || data.length === 0 || data.equals(held)) return [{ ...file, bytes: held, embedded }];
  defects.add('tnef.ambiguous', `An attachment in the TNEF ${where} holds two different files; both are listed.`);
  return [
    { ...file, bytes: held, embedded },
    { ...file, bytes: data, embedded: false },
  ];
}

/** To fetch such a file gives the credentials of a Windows user to whoever it points to. */
function markReference(
  properties: MapiProperties,
  method: number | null,
  filename: string | null,
  where: string,
  defects: DefectList,
): void {
  if (method === null || !REFERENCES.includes(method)) return;
  const path = properties.text(MAPI_ID.attachLongPathname) || properties.text(MAPI_ID.attachPathname);
  const label = (filename ?? 'without a name').slice(0, 100);
  defects.add('tnef.reference', `The attachment ${label} in the TNEF ${where} only points to ${path.slice(0, 200)}.`);
}

function contentIdOf(properties: MapiProperties): string | null {
  const id = properties
    .text(MAPI_ID.attachContentId)
    .replace(/^[\s<]+|[\s>]+$/g, '')
    .slice(0, MAX_ID);
  return id === '' ? null : id;
}
