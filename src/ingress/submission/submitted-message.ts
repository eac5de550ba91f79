import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { GivenMessage, GivenRecipient } from '../../adapters/outgoing/accept-outgoing.js';
import { readRecipientAddress, type ReadAddress } from '../../adapters/outgoing/recipient-address.js';
import type { Sender, Submitter } from '../../adapters/submission/submitters.js';
import { IDEMPOTENCY_KEY_FORM, readIdempotencyKey } from '../../domain/outgoing/idempotency-key.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import { SmtpReply } from '../replies.js';
import { receivedField } from '../trace.js';
import type { SubmissionSession } from './submission-session.js';
import { readSubmitted, type SubmittedMail } from './submitted-fields.js';

/** The envelope of a mail transaction, as it was when its data began. */
export interface SubmittedEnvelope {
  helo: string | null;
  protocol: string;
  /** Empty for the null sender. */
  mailFrom: string;
  smtpUtf8: boolean;
  recipients: ReadAddress[];
}

export interface ReadMail extends SubmittedMail {
  idempotencyKey: string | null;
}

/** RFC 5321 6.3: a message that has passed so many servers goes round in circles. */
const MOST_RECEIVED = 50;
const MOST_AUTHORS = 10;
/** Of a message to many, its session names the first. */
const SHOWN_RECIPIENTS = 100;

/**
 * Reads a submitted message.
 *
 * @param refusalOf why an address may not stand in From; null where it may
 * @throws SmtpReply for what cannot be sent
 */
export function readMail(raw: Buffer, refusalOf: (author: string) => string | null): ReadMail {
  const mail = readSubmitted(raw);
  if (mail.from.length !== 1) {
    throw new SmtpReply(550, `5.6.0 the message has ${mail.from.length} From fields: it must have one (RFC 5322 3.6)`);
  }
  if (mail.authors.length === 0 || mail.authors.length > MOST_AUTHORS) {
    throw new SmtpReply(550, '5.6.0 the From field must name an address');
  }
  for (const author of mail.authors) {
    const refusal = refusalOf(author);
    if (refusal !== null) throw new SmtpReply(550, `5.7.1 the address in the From field ${refusal}`);
  }
  if (mail.received > MOST_RECEIVED) throw new SmtpReply(554, '5.4.6 the message goes round in circles');
  return { ...mail, idempotencyKey: keyOf(mail) };
}

export interface Submission {
  mail: ReadMail;
  /** As it came, with the fields that are for us alone. */
  raw: Buffer;
  envelope: SubmittedEnvelope;
  session: SubmissionSession;
  submitter: Submitter;
  sender: Sender;
  hostname: string;
}

/** What is accepted of a submission: our trace field before it, each recipient where the header section names it. */
export function givenMessage({ mail, envelope, session, submitter, sender, hostname }: Submission): GivenMessage {
  const id = uuidv7();
  const receivedAt = new Date();
  const recipients = recipientsOf(mail, envelope.recipients);
  const smtpSession: SmtpSession = {
    clientAddress: session.address,
    clientHostname: null,
    helo: envelope.helo,
    tls: session.tls,
    authenticatedAs: submitter.actor,
    mailFrom: envelope.mailFrom,
    recipients: recipients.slice(0, SHOWN_RECIPIENTS).map(({ address }) => address),
    smtpUtf8: envelope.smtpUtf8,
    receivedAt: receivedAt.toISOString(),
  };
  // Where its sender sits is nobody's business outside (RFC 6409 leaves it open), nor is who else gets it.
  const trace = receivedField(
    { ...smtpSession, helo: hostname, clientAddress: null, recipients: [] },
    { hostname, id, protocol: envelope.protocol, receivedAt },
  );
  return {
    organizationId: submitter.organizationId,
    id,
    bytes: Buffer.concat([Buffer.from(trace), mail.bytes]),
    source: 'submission',
    submittedBy: submitter.actor,
    mailFrom: envelope.mailFrom,
    session: smtpSession,
    recipients,
    stream: 'TRANSACTIONAL',
    options: {},
    sendAt: null,
    undoSeconds: sender.undoSeconds,
    idempotencyKey: mail.idempotencyKey,
    digest: digestOf(mail, envelope),
  };
}

function recipientsOf({ named }: SubmittedMail, addresses: readonly ReadAddress[]): GivenRecipient[] {
  const roles = new Map(
    [...named].map(([address, place]) => {
      const read = readRecipientAddress(address);
      return ['problem' in read ? address : read.address.toLowerCase(), place];
    }),
  );
  const unique = new Map(addresses.map((read) => [read.address, read]));
  return [...unique.values()].map(({ address, destination }) => {
    const place = roles.get(address.toLowerCase());
    return {
      address,
      destination,
      name: place?.name ?? null,
      role: place?.role ?? 'bcc',
      mergeFields: null,
    };
  });
}

/** What a client that retries sends again: the same content from and to the same addresses. */
function digestOf({ bytes }: SubmittedMail, { mailFrom, recipients }: SubmittedEnvelope): Buffer {
  const envelope = [mailFrom, ...recipients.map(({ address }) => address).toSorted()];
  return createHash('sha256').update(JSON.stringify(envelope)).update('\n').update(bytes).digest();
}

function keyOf({ idempotencyKeys }: SubmittedMail): string | null {
  const [first, ...others] = idempotencyKeys;
  if (first === undefined) return null;
  const key = others.length === 0 ? readIdempotencyKey(first) : null;
  if (key === null) throw new SmtpReply(550, `5.6.0 the Idempotency-Key field ${IDEMPOTENCY_KEY_FORM}, once`);
  return key;
}
