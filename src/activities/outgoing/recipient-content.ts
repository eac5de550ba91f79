import type { OutgoingFacts } from '../../adapters/outgoing/outgoing-facts.js';
import type { ClaimedRecipient } from '../../adapters/outgoing/recipient-claims.js';
import { headerEnd } from '../../engines/signing/dkim.js';
import { dkimBodyHash } from '../../engines/signing/body-hash.js';
import type { DkimResult, UnsignedMail } from '../dkim-signer.js';

export type RenderedMail =
  | { result: 'rendered'; bytes: Buffer; mailFrom: string; eightBit: boolean }
  /** It cannot be made for this recipient, now or later. */
  | { result: 'impossible'; reason: string }
  /** It must not leave as it is until a person has seen to it. */
  | { result: 'hold'; reason: string };

export interface RecipientContentDeps {
  read(organizationId: string, messageId: string): Promise<{ facts: OutgoingFacts; bytes: Buffer } | null>;
  readVariant(organizationId: string, sha256: Buffer): Promise<Buffer | null>;
  /** The domain of the author in A-labels; null where it has none. */
  authorDomain(facts: OutgoingFacts): string | null;
  sign(mail: UnsignedMail): Promise<DkimResult>;
  /** The reverse-path by which what comes back is known to be of this recipient. */
  mailFrom(organizationId: string, facts: OutgoingFacts, recipientId: string): Promise<string>;
  /** Fills in what is of one recipient alone. */
  personalize(
    mail: { organizationId: string; facts: OutgoingFacts; bytes: Buffer },
    to: ClaimedRecipient,
  ): Promise<{ result: 'personalized'; bytes: Buffer } | Extract<RenderedMail, { result: 'impossible' }>>;
}

/** A prepared message, from which each recipient's bytes are made: rendered, then signed. */
export class RecipientContent {
  readonly #deps: RecipientContentDeps;
  readonly #organizationId: string;
  readonly #facts: OutgoingFacts;
  readonly #bytes: Buffer;
  readonly #authorDomain: string | null;
  /** The same for all who get the same bytes. */
  #shared: Promise<SignedBytes> | null = null;

  private constructor(deps: RecipientContentDeps, organizationId: string, facts: OutgoingFacts, bytes: Buffer) {
    this.#deps = deps;
    this.#organizationId = organizationId;
    this.#facts = facts;
    this.#bytes = bytes;
    this.#authorDomain = deps.authorDomain(facts);
  }

  /** Null where its bytes are gone. */
  static async read(
    deps: RecipientContentDeps,
    organizationId: string,
    messageId: string,
  ): Promise<RecipientContent | null> {
    const read = await deps.read(organizationId, messageId);
    return read === null ? null : new RecipientContent(deps, organizationId, read.facts, read.bytes);
  }

  async forRecipient(recipient: ClaimedRecipient): Promise<RenderedMail> {
    const signed = await this.#signed(recipient);
    if (signed.result !== 'signed') return signed;
    const mailFrom = await this.#deps.mailFrom(this.#organizationId, this.#facts, recipient.id);
    const { bytes, eightBit } = signed;
    return { result: 'rendered', bytes, mailFrom, eightBit };
  }

  async #signed(recipient: ClaimedRecipient): Promise<SignedBytes> {
    const { variantSha256 } = recipient;
    if (variantSha256 === null && !this.#facts.personal) {
      this.#shared ??= this.#sign(this.#bytes);
      return this.#shared;
    }
    const own =
      variantSha256 === null ? this.#bytes : await this.#deps.readVariant(this.#organizationId, variantSha256);
    if (own === null) return { result: 'impossible', reason: 'its content was deleted here' };
    if (!this.#facts.personal) return this.#sign(own);
    const mail = { organizationId: this.#organizationId, facts: this.#facts, bytes: own };
    const personal = await this.#deps.personalize(mail, recipient);
    return personal.result === 'impossible' ? personal : this.#sign(personal.bytes);
  }

  async #sign(bytes: Buffer): Promise<SignedBytes> {
    const eightBit = bytes.some((byte) => byte > 127);
    if (this.#authorDomain === null) return { result: 'signed', bytes, eightBit };
    const end = headerEnd(bytes);
    const result = await this.#deps.sign({
      organizationId: this.#organizationId,
      authorDomain: this.#authorDomain,
      header: bytes.subarray(0, end),
      bodyHash: dkimBodyHash(bytes.subarray(end)),
    });
    if (result.kind === 'hold') return { result: 'hold', reason: result.reason };
    if (result.kind === 'unsigned') return { result: 'signed', bytes, eightBit };
    return { result: 'signed', bytes: Buffer.concat([Buffer.from(result.fields, 'latin1'), bytes]), eightBit };
  }
}

type SignedBytes =
  { result: 'signed'; bytes: Buffer; eightBit: boolean } | Exclude<RenderedMail, { result: 'rendered' }>;
