import {
  fillMergeFields,
  mergeFieldsOf,
  type MergeContext,
  type MergeFields,
  UNSUBSCRIBE_FIELD,
} from '../../domain/outgoing/merge-fields.js';
import { fieldsToBytes, splitHeader, type FieldText } from '../sealing/header-fields.js';
import { subjectOf, textField } from './header-changes.js';
import { isProtectedMail, readBody, shownTexts, spliced, textForm, textOf } from './mail-body.js';

/** What is of one recipient alone, beside its merge fields. */
export interface PersonalValues {
  /** Null where it cannot unsubscribe: the fields of RFC 8058 are left out. */
  unsubscribeUrl: string | null;
}

export type Personalized = { result: 'personalized'; bytes: Buffer } | { result: 'missing'; fields: string[] };

const UNSUBSCRIBE_PLACEHOLDER = `{{${UNSUBSCRIBE_FIELD}}}`;
const MIME_FIELDS = ['content-type', 'content-transfer-encoding', 'mime-version'];

interface PersonalText {
  start: number;
  end: number;
  text: string;
  context: MergeContext;
  form: ReturnType<typeof textForm>;
}

/**
 * A message with merge fields, read once and written for each of its recipients: in the subject, and in every text that
 * is shown, whatever its encoding. What its client signed or encrypted has no fields.
 */
export class MailTemplate {
  readonly #message: Buffer;
  readonly #fields: readonly FieldText[];
  readonly #subject: string | null;
  readonly #texts: PersonalText[] = [];
  readonly #bodyStart: number;
  /** Names of the fields that recipients must have. */
  readonly required: readonly string[];
  /** Whether anything in it is of one recipient alone. */
  readonly isPersonal: boolean;

  private constructor(message: Buffer) {
    this.#message = message;
    const { fields, body } = splitHeader(message);
    this.#fields = fields;
    this.#bodyStart = message.length - body.length;
    const { root, damage } = readBody(message);
    const isOpen = damage === null && !isProtectedMail(root);
    const subject = fields.find(({ name }) => name === 'subject');
    this.#subject = subject === undefined || !isOpen ? null : subjectOf(subject);
    for (const part of isOpen ? shownTexts(root) : []) {
      const text = textOf(part);
      if (mergeFieldsOf(text).fields.size === 0) continue;
      const context = part.contentType === 'text/html' ? 'html' : 'text';
      this.#texts.push({ start: part.start, end: part.bodyEnd, text, context, form: textForm(part, text) });
    }
    const asked = mergeFieldsOf(this.#subject, ...this.#texts.map(({ text }) => text));
    this.required = [...asked.needed];
    this.isPersonal = asked.fields.size > 0 || fields.some(isUnsubscription);
  }

  /** Read once for the bytes that it lies in: a bulk send writes one message for thousands. */
  static read(message: Buffer): MailTemplate {
    const known = templates.get(message);
    if (known !== undefined) return known;
    const template = new MailTemplate(message);
    templates.set(message, template);
    return template;
  }

  /** Fields that a recipient must have and has not; an empty value is none. */
  missing(values: MergeFields): string[] {
    return this.required.filter((name) => !Object.hasOwn(values, name) || (values[name] ?? '').trim() === '');
  }

  write(values: MergeFields, { unsubscribeUrl }: PersonalValues): Buffer {
    const all = { ...values, [UNSUBSCRIBE_FIELD]: unsubscribeUrl ?? '' };
    const header = this.#fields.flatMap((one) => this.#field(one, all, unsubscribeUrl));
    const written = this.#texts.map(({ text, context, form, ...place }) => ({
      ...place,
      form,
      content: form.encode(fillMergeFields(text, all, context).text),
    }));
    const [first] = written;
    // The text of a message without parts is written with its header section.
    if (first?.start === 0) {
      const mime = splitHeader(first.form.head).fields.filter(({ name }) => MIME_FIELDS.includes(name));
      const others = header.filter(({ name }) => !MIME_FIELDS.includes(name) && name !== 'content-md5');
      return Buffer.concat([fieldsToBytes([...others, ...mime]), CRLF, first.content]);
    }
    const splices = written.map(({ start, end, form, content }) => ({
      start: start - this.#bodyStart,
      end: end - this.#bodyStart,
      bytes: Buffer.concat([form.head, content]),
    }));
    return Buffer.concat([fieldsToBytes(header), CRLF, spliced(this.#message.subarray(this.#bodyStart), splices)]);
  }

  #field(written: FieldText, values: MergeFields, url: string | null): FieldText[] {
    const { name, text } = written;
    if (name === 'subject' && this.#subject !== null && mergeFieldsOf(this.#subject).fields.size > 0) {
      return [textField('Subject', fillMergeFields(this.#subject, values, 'header').text)];
    }
    if (isUnsubscription(written)) {
      return url === null
        ? []
        : [{ name, text: text.replaceAll(UNSUBSCRIBE_PLACEHOLDER, () => url.replace(/\s/g, '')) }];
    }
    const isPost = name === 'list-unsubscribe-post' && this.#fields.some(isUnsubscription);
    return isPost && url === null ? [] : [written];
  }
}

const CRLF = Buffer.from('\r\n');
const templates = new WeakMap<Buffer, MailTemplate>();

const isUnsubscription = ({ name, text }: FieldText) =>
  name === 'list-unsubscribe' && text.includes(UNSUBSCRIBE_PLACEHOLDER);

/**
 * The bytes of one recipient: `{{field}}` and `{{field|fallback}}` filled, the address of its unsubscription put in.
 *
 * @param values of recipientFields
 */
export function personalizeMail(message: Buffer, values: MergeFields, own: PersonalValues): Personalized {
  const template = MailTemplate.read(message);
  const fields = template.missing(values);
  if (fields.length > 0) return { result: 'missing', fields };
  return { result: 'personalized', bytes: template.isPersonal ? template.write(values, own) : message };
}
