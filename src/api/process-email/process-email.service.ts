import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../adapters/database/database.js';
import { FeedReader } from '../../adapters/feed/feed-reader.js';
import type { FeedSubscription } from '../../adapters/feed/feed-subscription.js';
import type { FeedEvent } from '../../adapters/feed/read-events.js';
import { acceptMessages, CHUNK_BYTES, type AcceptedMessage } from '../../adapters/messages/accept-messages.js';
import { storeChunks } from '../../adapters/messages/blobs.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { readRuns, readSteps } from '../../adapters/messages/read-runs.js';
import { readMailboxes, type MailboxRecord } from '../../adapters/organizations/mailboxes.js';
import { OPTIONAL_STEPS, type Operation } from '../../domain/pipeline.js';
import { isFinal, MESSAGE_STATUSES, type MessageStatus } from '../../domain/status.js';
import type { Caller } from '../graphql/caller.js';
import { newestOf } from '../runs/stages.js';
import { ApiError } from '../graphql/errors.js';
import { LOGGER } from '../logger.js';
import { composeMail, traceField } from './compose-mail.js';
import { readEmailRequest, type EmailRequest } from './email-request.js';
import type { ProcessEmailInput, ProcessEmailPayload } from './process-email.types.js';
import { reportOf } from './report.js';

/** How long processEmail waits for the end of the run. */
export class ProcessEmailPatience {
  constructor(readonly milliseconds: number) {}
}

@Injectable()
export class ProcessEmailService {
  constructor(
    private readonly database: Database,
    private readonly feed: FeedReader,
    private readonly patience: ProcessEmailPatience,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Accepts the message as the SMTP intake would, then waits for its run's end, for a while.
   *
   * @throws ApiError BAD_USER_INPUT before anything is accepted; once it is, the answer names the message in any case
   */
  async process(caller: Caller, input: ProcessEmailInput): Promise<ProcessEmailPayload> {
    const { organizationId } = caller;
    const mailboxes = await this.database.withOrganization(organizationId, readMailboxes);
    const request = readEmailRequest(input, mailboxes);
    const accepted = await accept(caller, request);
    const events = await this.feed.subscribe({ organizationId, messageId: accepted.message.id, after: 'now' });
    try {
      await this.#commit(accepted);
      await this.#settled(events);
    } finally {
      events.close();
    }
    return this.#report(organizationId, accepted.message.id, request.operations);
  }

  /** Until the run ended or waits for a person, or patience does. */
  async #settled(events: FeedSubscription): Promise<void> {
    const patience = setTimeout(() => events.close(), this.patience.milliseconds);
    try {
      for await (const event of events) if (settles(event)) return;
    } catch (error) {
      this.logger.warn({ err: error }, 'processEmail lost the feed; it answers with what is known');
    } finally {
      clearTimeout(patience);
    }
  }

  async #commit({ message, bytes }: AcceptedMail): Promise<void> {
    await this.database.withOrganization(message.organizationId, async (sql) => {
      const large = bytes.length > CHUNK_BYTES;
      if (large) await storeChunks(sql, message, piecesOf(bytes));
      await acceptMessages(sql, [{ ...message, bytes: large ? null : bytes }]);
    });
  }

  async #report(organizationId: string, id: string, operations: readonly Operation[]): Promise<ProcessEmailPayload> {
    try {
      return await this.database.withOrganization(organizationId, async (sql) => {
        const [[message], runs] = await Promise.all([readMessages(sql, [id]), readRuns(sql, [id])]);
        if (message === undefined) throw new Error(`message ${id} is gone`);
        const run = runs.at(-1) ?? null;
        const steps = run === null ? [] : newestOf(await readSteps(sql, [run.id]));
        return reportOf({ message, run, steps, operations, now: new Date() });
      });
    } catch (error) {
      this.logger.error({ err: error, messageId: id }, 'processEmail could not read its message');
      throw new ApiError('SERVICE_UNAVAILABLE', `message ${id} is accepted and will be processed; ask for it later`, {
        messageId: id,
      });
    }
  }
}

interface AcceptedMail {
  message: AcceptedMessage;
  bytes: Buffer;
}

async function accept(caller: Caller, request: EmailRequest<MailboxRecord>): Promise<AcceptedMail> {
  const { sender, recipient, mailbox, operations } = request;
  const id = uuidv7();
  const date = new Date();
  const bytes = await composeMail({ ...request, id, date });
  const message: AcceptedMessage = {
    id,
    runId: uuidv7(),
    organizationId: caller.organizationId,
    direction: 'INCOMING',
    source: 'api',
    sha256: createHash('sha256').update(bytes).digest(),
    size: bytes.length,
    bytes,
    trace: traceField(caller.clientAddress, id, date),
    session: {
      clientAddress: caller.clientAddress,
      clientHostname: null,
      helo: null,
      tls: null,
      authenticatedAs: caller.viewer.name,
      mailFrom: sender.address,
      recipients: [recipient.address],
      smtpUtf8: false,
      receivedAt: date.toISOString(),
    },
    recipients: [{ address: recipient.address, mailboxId: mailbox.id }],
    receivedAt: date,
    asked: OPTIONAL_STEPS.filter((step) => operations.includes(step)),
    waitedFor: true,
  };
  return { message, bytes };
}

function settles({ kind, payload }: FeedEvent): boolean {
  if (kind === 'run.ended') return true;
  const status = kind === 'message.status' ? statusIn(payload) : null;
  return status !== null && (isFinal(status) || status === 'HELD' || status === 'PAUSED');
}

function statusIn(payload: unknown): MessageStatus | null {
  const status = payload !== null && typeof payload === 'object' && 'status' in payload ? payload.status : null;
  return MESSAGE_STATUSES.find((known) => known === status) ?? null;
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
}
