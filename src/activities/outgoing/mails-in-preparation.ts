import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SenderFacts } from '../../adapters/outgoing/sender-facts.js';
import type { PolicyChanges } from '../../domain/outgoing/outcomes.js';
import type { OutgoingRule } from '../../domain/outgoing/outgoing-rules.js';
import type { SendingPolicy } from '../../domain/outgoing/sending-policy.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { isProtectedMail, readBody } from '../../engines/outgoing/mail-body.js';
import { makeMail, type MadeMail } from '../../engines/outgoing/make-mail.js';
import type { OutgoingContext } from './outgoing-context.js';

/** What is stored of a message that preparation reads, and what its organization has set. */
export interface StoredMail {
  /** As its client handed it in. */
  bytes: Buffer;
  policy: SendingPolicy;
  rules: OutgoingRule[];
  sender: SenderFacts;
}

/** A message as the steps of preparation find it. */
export interface MailInPreparation extends StoredMail {
  parsed: ParsedMessage;
  /** Its client signed or encrypted it. */
  isProtected: boolean;
}

export interface MailReading {
  /** Null where its bytes were deleted. */
  read(context: OutgoingContext): Promise<StoredMail | null>;
  parse(bytes: Buffer): Promise<ParsedMessage>;
  /** Notes subject, author and words, so that the message is found and stands in its thread; twice changes nothing. */
  record(context: OutgoingContext, parsed: ParsedMessage): Promise<void>;
  /** The domain of an address in A-labels and small letters. */
  domainOf: (address: string) => string;
}

const MAILS_KEPT = 50;
const BYTES_KEPT = 64 * 1024 * 1024;
const KEPT_MS = 60_000;

/** The mail that the steps of a run share. Losing it costs a read and a parse, no more. */
export class MailsInPreparation {
  readonly #mails = new LRUCache<string, MailInPreparation>({
    max: MAILS_KEPT,
    maxSize: BYTES_KEPT,
    sizeCalculation: ({ bytes }) => bytes.length + 1,
    ttl: KEPT_MS,
  });
  readonly #made = new LRUCache<string, MadeMail>({
    max: MAILS_KEPT,
    maxSize: BYTES_KEPT,
    sizeCalculation: ({ bytes }) => bytes.length + 1,
    ttl: KEPT_MS,
  });
  readonly #reading = new Map<string, Promise<MailInPreparation>>();

  constructor(readonly deps: MailReading) {}

  /** @throws where its bytes are gone or its parser does not survive it */
  load(context: OutgoingContext): Promise<MailInPreparation> {
    const { runId } = context.run;
    const known = this.#mails.get(runId);
    if (known !== undefined) return Promise.resolve(known);
    const begun = this.#reading.get(runId);
    if (begun !== undefined) return begun;
    const reading = this.#read(context).finally(() => this.#reading.delete(runId));
    this.#reading.set(runId, reading);
    return reading;
  }

  async #read(context: OutgoingContext): Promise<MailInPreparation> {
    const stored = await this.deps.read(context);
    if (stored === null) throw new Error('its content was deleted here');
    const parsed = await this.deps.parse(stored.bytes);
    await this.deps.record(context, parsed);
    const mail = { ...stored, parsed, isProtected: isProtectedMail(readBody(stored.bytes).root) };
    this.#mails.set(context.run.runId, mail);
    return mail;
  }

  /** What leaves, before it is signed and sealed: the same whenever it is made. */
  make(context: OutgoingContext, mail: MailInPreparation, changes: PolicyChanges): MadeMail {
    const wanted = createHash('sha256').update(JSON.stringify(changes)).digest('base64');
    const key = `${context.run.runId} ${wanted}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const author = mail.parsed.from[0]?.address ?? '';
    const made = makeMail(mail.bytes, {
      id: context.run.messageId,
      domain: this.deps.domainOf(author) || (context.organization.domains[0] ?? 'localhost'),
      date: new Date(context.facts.receivedAt),
      changes,
    });
    this.#made.set(key, made);
    return made;
  }
}

export const NO_CHANGES: PolicyChanges = { footers: [], prefixes: [], notices: [], headers: [] };

/** Whether merge fields are filled in it: elsewhere braces are text. */
export function isMerged({ facts, recipients }: OutgoingContext): boolean {
  return facts.stream === 'BULK' || recipients.some(({ mergeFields }) => mergeFields !== null);
}
