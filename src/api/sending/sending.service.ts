import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import { acceptOutgoing, type GivenMessage } from '../../adapters/outgoing/accept-outgoing.js';
import { readOutgoingSettings } from '../../adapters/outgoing/outgoing-store.js';
import { domainInAscii } from '../../adapters/outgoing/recipient-address.js';
import { readDomains } from '../../adapters/organizations/domains.js';
import { contentFields } from '../../domain/outgoing/message-template.js';
import type { Problem } from '../../domain/problem.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { readBulkRecipients, type BulkRecipients } from './bulk-recipients.js';
import { chooseTemplate } from './chosen-template.js';
import { composeSending, type SendingParts } from './compose-sending.js';
import { readSendRequest } from './send-request.js';
import { readSendingRequest, type SendingInputFields, type SendingSurroundings } from './sending-request.js';
import { sendingDigest } from './sending-digest.js';
import type { SendBulkInput, SendMessageInput } from './sending.types.js';

/** How large a message may be that is handed in over the API. */
export class SendingLimits {
  constructor(readonly messageBytes: number) {}
}

/** Beside the attachments a request holds the text and, in base64, a third more. */
const MOST_ATTACHMENT_BYTES = 20 * 1024 * 1024;

@Injectable()
export class SendingService {
  constructor(
    private readonly database: Database,
    private readonly limits: SendingLimits,
  ) {}

  /** @throws ApiError BAD_USER_INPUT that names every wrong field, CONFLICT for a key that was used for another message */
  async send(caller: Caller, input: SendMessageInput): Promise<{ message: MessageRecord }> {
    const around = await this.#around(caller, input);
    const request = await readSendRequest(input, around);
    const { from, recipients, stream } = request;
    const id = uuidv7();
    const bytes = await this.#compose({ ...request, ...request.content, id, date: around.now });
    const given = givenMessage(caller, { ...request, id, bytes, mailFrom: from.address }, around.now);
    const digest = sendingDigest(input, request.attachments, null);
    const message = await this.#accept(caller, { ...given, recipients, stream, digest });
    return { message };
  }

  /** @throws ApiError as `send`, and BAD_USER_INPUT where no recipient is left, or with allOrNone one is wrong */
  async sendBulk(
    caller: Caller,
    input: SendBulkInput,
  ): Promise<Omit<BulkRecipients, 'recipients' | 'digest'> & { message: MessageRecord; recipients: number }> {
    const around = await this.#around(caller, input);
    const problems: Problem[] = [];
    const request = await readSendingRequest(input, around, problems);
    const file = input.recipientsFile ?? null;
    const read = await readBulkRecipients(input.recipients ?? [], file, contentFields(request.content));
    const { recipients, duplicates, refusedCount, refused } = read;
    problems.push(...recipientProblems(read, input.allOrNone === true));
    const { from } = request;
    if (problems.length > 0 || from === null) throw wrongInput(problems);
    const id = uuidv7();
    const bytes = await this.#compose({
      ...request,
      ...request.content,
      from,
      id,
      date: around.now,
      to: null,
      cc: [],
      inReplyTo: null,
    });
    const given = givenMessage(caller, { ...request, id, bytes, mailFrom: from.address }, around.now);
    const digest = sendingDigest(input, request.attachments, read.digest);
    const message = await this.#accept(caller, { ...given, recipients, stream: 'BULK', digest });
    return { message, recipients: recipients.length, duplicates, refusedCount, refused };
  }

  /** The message that a progress is asked of. @throws ApiError NOT_FOUND */
  async outgoingMessage(caller: Caller, messageId: string): Promise<string> {
    const message = isUuid(messageId) ? await caller.loaders.message.load(messageId) : null;
    if (message === null || message.direction !== 'OUTGOING') {
      throw new ApiError('NOT_FOUND', `there is no outgoing message ${messageId}`);
    }
    return message.id;
  }

  async #around(
    caller: Caller,
    input: SendingInputFields & { template?: string | null; templateLanguage?: string | null },
  ): Promise<SendingSurroundings> {
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const domains = await readDomains(sql);
      const { settings } = await readOutgoingSettings(sql, null);
      return {
        domains: new Set(domains.map(({ name }) => domainInAscii(name))),
        undoSeconds: settings.undoSeconds,
        template: await chooseTemplate(sql, input.template ?? null, input.templateLanguage ?? null),
        keyInHeader: caller.idempotencyKey,
        mostAttachmentBytes: Math.min(MOST_ATTACHMENT_BYTES, this.limits.messageBytes),
        now: new Date(),
      };
    });
  }

  async #compose(parts: SendingParts): Promise<Buffer> {
    const bytes = await composeSending(parts);
    if (bytes.length > this.limits.messageBytes) {
      const problem = `the message would have ${bytes.length} bytes: at most ${this.limits.messageBytes} are taken`;
      throw wrongInput([{ field: 'attachments', problem }]);
    }
    return bytes;
  }

  async #accept(caller: Caller, given: GivenMessage): Promise<MessageRecord> {
    const { accepted, message } = await this.database.withOrganization(caller.organizationId, async (sql: Sql) => {
      const outcome = await acceptOutgoing(sql, given);
      const [record] = await readMessages(sql, [outcome.messageId]);
      return { accepted: outcome, message: record };
    });
    if (accepted.result === 'conflict') {
      throw new ApiError(
        'CONFLICT',
        `the idempotency key was used for another message, ${accepted.messageId}: nothing is sent`,
        { messageId: accepted.messageId },
      );
    }
    if (message === undefined) throw new Error(`message ${accepted.messageId} is gone`);
    caller.forget();
    return message;
  }
}

type Accepting = Pick<
  GivenMessage,
  'id' | 'bytes' | 'mailFrom' | 'options' | 'sendAt' | 'undoSeconds' | 'idempotencyKey'
>;

/** What every sending of a caller has; without its recipients. */
function givenMessage(caller: Caller, accepting: Accepting, now: Date): GivenMessage {
  const { id, bytes, mailFrom, options, sendAt, undoSeconds, idempotencyKey } = accepting;
  return {
    organizationId: caller.organizationId,
    id,
    bytes,
    source: 'api',
    submittedBy: `token ${caller.viewer.name}`,
    mailFrom,
    session: {
      clientAddress: caller.clientAddress,
      clientHostname: null,
      helo: null,
      tls: null,
      authenticatedAs: `token ${caller.viewer.name}`,
      mailFrom,
      recipients: [],
      smtpUtf8: false,
      receivedAt: now.toISOString(),
    },
    recipients: [],
    stream: 'TRANSACTIONAL',
    options,
    sendAt: sendAt !== null && sendAt > now ? sendAt : null,
    undoSeconds,
    idempotencyKey,
    digest: createHash('sha256').update(bytes).digest(),
  };
}

const SHOWN_PROBLEMS = 20;

function recipientProblems({ recipients, refused, refusedCount }: BulkRecipients, allOrNone: boolean): Problem[] {
  if (recipients.length === 0 && refusedCount === 0) {
    return [{ field: 'recipients', problem: 'must name somebody, or recipientsFile must' }];
  }
  if (recipients.length > 0 && (!allOrNone || refusedCount === 0)) return [];
  const shown = refused.slice(0, SHOWN_PROBLEMS).map(({ row, address, problem }) => ({
    field: `recipients[row ${row}]`,
    problem: `${JSON.stringify(address.slice(0, 100))}: ${problem}`,
  }));
  const more = refusedCount - shown.length;
  return more > 0 ? [...shown, { field: 'recipients', problem: `and ${more} more are wrong` }] : shown;
}
