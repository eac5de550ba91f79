import type { SMTPEnvelope, SMTPError } from 'nodemailer/lib/smtp-connection';
import { readReply, type DialogueStage, type Reply } from '../../domain/onward.js';

export interface Transaction {
  /** Empty for the null sender. */
  mailFrom: string;
  recipients: readonly string[];
  /** Bytes with CRLF line ends, dot-stuffing not yet done. */
  size: number;
  /** Whether some are above 127. */
  eightBit: boolean;
  body: () => AsyncIterable<Buffer>;
  /**
   * Called with the recipients that were accepted when all of the body was sent and the end of the data was not. What
   * it throws ends the transaction before the server can deliver anything.
   */
  beforeEnd: (accepted: readonly string[]) => Promise<void>;
  /** Ends it; after the end of the data it may be delivered all the same. */
  signal: AbortSignal;
}

/** What the server said of one recipient last; `reply` is null where it said nothing. */
export interface RecipientAnswer {
  recipient: string;
  stage: DialogueStage;
  reply: Reply | null;
  /** Whether the end of the data was sent for it. */
  dataEnded: boolean;
}

export interface TransactionEnd {
  answers: RecipientAnswer[];
  /** What went wrong with the connection or with us, in words; null where the dialogue came to its end. */
  problem: string | null;
}

/** What is said in one transaction, and how far it has come. */
export class Dialogue {
  readonly #given: Transaction;
  readonly #lmtp: boolean;
  /** nodemailer writes who was accepted and refused into the envelope that it is given. */
  readonly envelope: SMTPEnvelope & { accepted?: string[]; rejectedErrors?: (SMTPError & { recipient?: string })[] };
  #stage: DialogueStage = 'mail';
  /** Recipients that the body is for; null before DATA was accepted. */
  #accepted: string[] | null = null;
  #dataEnded = false;
  /** Whether its end was told: nothing more is sent of it, and no intent is committed. */
  #told = false;
  /** The last reply before the body: that to DATA. */
  #toData: Reply | null = null;
  /** Replies since DATA was accepted, in their order: LMTP gives one a recipient. */
  readonly #replies: Reply[] = [];

  constructor(given: Transaction, lmtp: boolean) {
    this.#given = given;
    this.#lmtp = lmtp;
    this.envelope = {
      from: given.mailFrom === '' ? false : given.mailFrom,
      to: [...given.recipients],
      size: given.size,
      use8BitMime: given.eightBit,
    };
  }

  /** Whether a body was begun and its end was not sent: the server takes whatever follows for more of it. */
  get brokenOff(): boolean {
    return this.#accepted !== null && !this.#dataEnded;
  }

  hear(reply: string): void {
    if (this.#accepted === null) this.#toData = readReply(reply);
    else this.#replies.push(readReply(reply));
  }

  /** Read once the server has accepted DATA; when it ends, nodemailer sends the end of the data. */
  async *body(): AsyncGenerator<Buffer> {
    this.#accepted = [...(this.envelope.accepted ?? [])];
    this.#stage = 'data';
    const asked = this.#toData?.code ?? 0;
    // nodemailer takes a 250 too: it is the reply to another command, and the next one would be taken for that to the data.
    if (asked < 300 || asked >= 400) throw new Error(`the server did not ask for the data: ${this.#toData?.text}`);
    yield* this.#given.body();
    if (this.#told) throw new Error('the transaction is over');
    await this.#given.beforeEnd(this.#accepted);
    if (this.#told) throw new Error('the transaction is over');
    this.#dataEnded = true;
    this.#stage = 'end';
  }

  /** What came of it; from then on nothing more is sent. */
  end(error: SMTPError | null): RecipientAnswer[] {
    this.#told = true;
    return this.#given.recipients.map((recipient) => this.#answerFor(recipient, error));
  }

  #answerFor(recipient: string, error: SMTPError | null): RecipientAnswer {
    // With PIPELINING the recipients of a refused sender are refused too, for want of a sender.
    if (error?.command === 'MAIL FROM') {
      return { recipient, stage: 'mail', reply: replyOf(error), dataEnded: false };
    }
    const refused = this.envelope.rejectedErrors?.find(
      (one) => one.recipient === recipient && one.command === 'RCPT TO',
    );
    if (refused?.response !== undefined) {
      return { recipient, stage: 'rcpt', reply: readReply(refused.response), dataEnded: false };
    }
    const place = this.#accepted?.indexOf(recipient) ?? -1;
    if (place >= 0) {
      const reply = this.#replies[this.#lmtp ? place : 0] ?? null;
      return { recipient, stage: this.#stage, reply, dataEnded: this.#dataEnded };
    }
    return { recipient, stage: stageOf(error, this.#stage), reply: replyOf(error), dataEnded: false };
  }
}

/** The command that an error belongs to; a reply to it is the answer for every recipient that has none of its own. */
function stageOf(error: SMTPError | null, reached: DialogueStage): DialogueStage {
  switch (error?.command) {
    case 'MAIL FROM':
      return 'mail';
    case 'RCPT TO':
      return 'rcpt';
    case 'DATA':
      return 'data';
    default:
      return reached;
  }
}

/** What the server said, or what stands for it; null where it said nothing. */
export function replyOf(error: SMTPError | null): Reply | null {
  if (error === null) return null;
  if (error.response) return readReply(error.response);
  // Found out before anything was sent, by what the server announced or by the address itself.
  if (error.code === 'EMESSAGE') return readReply(`552 5.3.4 ${error.message}`);
  if (error.code === 'EENVELOPE') return readReply(`553 5.1.3 ${error.message}`);
  return null;
}
