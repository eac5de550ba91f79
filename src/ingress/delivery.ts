import type { SMTPServerSession } from 'smtp-server';
import { v7 as uuidv7 } from 'uuid';
import type { AcceptedMessage } from '../adapters/messages/accept-messages.js';
import type { IntakeNotes } from '../domain/intake-policy.js';
import type { SmtpSession } from '../domain/parsed-message.js';
import type { Delivery } from './acceptance.js';
import type { ClientSession } from './client-session.js';
import type { Recipient } from './directory.js';
import type { Content } from './read-data.js';
import { receivedField } from './trace.js';
import { deliveryKey } from './unconfirmed.js';

/** The envelope of a mail transaction (RFC 5321 2.3.1) and what the session said, as they were when DATA began. */
export interface Envelope {
  transaction: number;
  helo: string | null;
  protocol: string;
  mailFrom: string;
  smtpUtf8: boolean;
  recipients: { address: string; recipient: Recipient }[];
  startedAt: Date;
  /** By organization. */
  notes: ReadonlyMap<string, IntakeNotes>;
}

/** smtp-server resets its session with the reply; what is needed later is taken now. */
export function envelopeOf(session: SMTPServerSession, client: ClientSession, startedAt: Date): Envelope {
  const { mailFrom, rcptTo, smtpUtf8 } = session.envelope;
  return {
    transaction: session.transaction,
    helo: session.hostNameAppearsAs || null,
    protocol: session.transmissionType,
    mailFrom: mailFrom === false ? '' : mailFrom.address,
    smtpUtf8: smtpUtf8 === true,
    recipients: rcptTo.map(({ address }) => ({ address, recipient: client.recipients.get(address)! })),
    startedAt,
    notes: client.notes,
  };
}

/** A message for each organization among the recipients, which sees its own recipients and no others. */
export function makeDelivery(
  client: ClientSession,
  envelope: Envelope,
  content: Content,
  hostname: string,
  notes: ReadonlyMap<string, IntakeNotes>,
): Delivery {
  const receivedAt = new Date();
  const byOrganization = Map.groupBy(envelope.recipients, ({ recipient }) => recipient.organizationId);
  const messages = [...byOrganization].map(([organizationId, recipients]): AcceptedMessage => {
    const id = uuidv7();
    const session: SmtpSession = {
      clientAddress: client.address,
      clientHostname: null,
      helo: envelope.helo,
      tls: client.tls,
      authenticatedAs: null,
      mailFrom: envelope.mailFrom,
      recipients: recipients.map(({ address }) => address),
      smtpUtf8: envelope.smtpUtf8,
      receivedAt: receivedAt.toISOString(),
      ...worthKeeping(notes.get(organizationId)),
    };
    return {
      id,
      runId: uuidv7(),
      organizationId,
      direction: 'INCOMING',
      source: 'smtp',
      sha256: content.sha256,
      size: content.size,
      bytes: content.bytes,
      trace: receivedField(session, { hostname, id, protocol: envelope.protocol, receivedAt }),
      session,
      recipients: recipients.map(({ address, recipient }) => ({ address, mailboxId: recipient.mailboxId })),
      receivedAt,
      asked: [],
      waitedFor: false,
    };
  });
  const addresses = envelope.recipients.map(({ address }) => address);
  return {
    acceptance: {
      key: deliveryKey(client.address, envelope.mailFrom, addresses, content.sha256),
      session: `${client.id}-${envelope.transaction}`,
      closedAt: null,
      written: false,
    },
    startedAt: envelope.startedAt,
    messages,
    file: content.file,
    reply: `2.0.0 accepted as ${messages.map(({ id }) => id).join(', ')}`,
  };
}

/** Most clients are in no list and send as always: nothing is written for them. */
function worthKeeping(notes: IntakeNotes | undefined): { intake?: IntakeNotes } {
  if (notes === undefined) return {};
  const { allowedBy, listedBy, unusableLists, rate } = notes;
  const empty = allowedBy === null && listedBy.length === 0 && unusableLists.length === 0 && rate === null;
  return empty ? {} : { intake: notes };
}
