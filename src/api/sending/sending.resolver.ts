import { Args, Context, ID, Mutation, Resolver, Subscription } from '@nestjs/graphql';
import { Database } from '../../adapters/database/database.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { readStanding } from '../../adapters/outgoing/outgoing-facts.js';
import { ENDED_RECIPIENT_STATUSES, RECIPIENT_STATUSES } from '../../domain/outgoing/recipient-status.js';
import { isFinal } from '../../domain/status.js';
import { FeedService } from '../feed/feed.service.js';
import type { Caller } from '../graphql/caller.js';
import { ProgressFeed } from './sending-progress.js';
import { SendingService } from './sending.service.js';
import {
  SendBulkInput,
  SendBulkPayload,
  SendingProgress,
  SendMessageInput,
  SendMessagePayload,
} from './sending.types.js';

const itself = (progress: SendingProgress) => progress;

@Resolver()
export class SendingResolver {
  constructor(
    private readonly sending: SendingService,
    private readonly feed: FeedService,
    private readonly database: Database,
  ) {}

  @Mutation(() => SendMessagePayload, {
    description:
      'Accepts a message to be sent, for good, and answers at once: `message(id)` and `messageEvents` tell what becomes ' +
      'of it. BAD_USER_INPUT names everything that is wrong; CONFLICT says that the idempotency key was used for ' +
      'another message.',
  })
  sendMessage(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SendMessageInput, description: 'The message.' }) input: SendMessageInput,
  ) {
    return this.sending.send(caller, input);
  }

  @Mutation(() => SendBulkPayload, {
    description:
      'Accepts a message to many, for good: each gets a copy with its own fields, in which no other is named. hold, ' +
      'approve and cancel pause it, let it go on and stop it; sendingProgress tells how far it is.',
  })
  sendBulk(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SendBulkInput, description: 'The message and whom it goes to.' })
    input: SendBulkInput,
  ) {
    return this.sending.sendBulk(caller, input);
  }

  @Subscription(() => SendingProgress, {
    resolve: itself,
    description:
      'How far a sending is: now, after each change (twice a second at most), and at its end, with which it ends.',
  })
  async sendingProgress(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'The outgoing message.' }) messageId: string,
  ) {
    const id = await this.sending.outgoingMessage(caller, messageId);
    const events = await this.feed.ofMessage(caller, id, await this.feed.end(caller));
    return new ProgressFeed<SendingProgress>(
      events,
      () => this.#progress(caller.organizationId, id),
      ({ status }) => isFinal(status),
    );
  }

  async #progress(organizationId: string, messageId: string): Promise<SendingProgress> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const [message] = await readMessages(sql, [messageId]);
      if (message === undefined) throw new Error(`message ${messageId} is gone`);
      const { counts } = await readStanding(sql, messageId, null);
      const shown = RECIPIENT_STATUSES.flatMap((status) => {
        const count = counts[status] ?? 0;
        return count === 0 ? [] : [{ status, count }];
      });
      const sum = (some: readonly string[]) =>
        shown.reduce((total, { status, count }) => total + (some.includes(status) ? count : 0), 0);
      return {
        messageId,
        status: message.status,
        total: sum(RECIPIENT_STATUSES),
        ended: sum(ENDED_RECIPIENT_STATUSES),
        counts: shown,
      };
    });
  }
}
