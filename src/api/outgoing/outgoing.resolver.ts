import { Args, Context, ID, Int, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { MessageRecord, RecipientRecord } from '../../adapters/messages/read-messages.js';
import type { OutgoingCommand } from '../../domain/outgoing/outgoing-commands.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import { timelineOf } from '../../domain/outgoing/timeline.js';
import type { Caller } from '../graphql/caller.js';
import { RecipientStatusEnum } from '../graphql/enums.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Message, Recipient } from '../messages/message.types.js';
import { DeliveryAttempt } from '../onward/onward.types.js';
import { OutgoingService } from './outgoing.service.js';
import { OutgoingDetails, OutgoingPayload, RecipientConnection, TimelineEntry } from './outgoing.types.js';

const MessageId = () => Args('messageId', { type: () => ID, description: 'The outgoing message, by its id.' });
const Reason = () =>
  Args('reason', { type: () => String, nullable: true, description: 'Why, for who reads it later.' });

@Resolver(() => Message)
export class OutgoingResolver {
  constructor(private readonly outgoing: OutgoingService) {}

  @ResolveField(() => OutgoingDetails, { name: 'outgoing', nullable: true, description: 'Null for incoming mail.' })
  details(@Parent() message: MessageRecord, @Context('caller') caller: Caller) {
    return message.direction === 'OUTGOING' ? caller.loaders.outgoing.load(message.id) : null;
  }

  @ResolveField(() => RecipientConnection, {
    description: 'The recipients of an outgoing message in pages: `recipients` has the first thousand alone.',
  })
  recipientPage(
    @Parent() message: MessageRecord,
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
    @Args('status', { type: () => RecipientStatusEnum, nullable: true, description: 'Those alone.' })
    status: RecipientStatus | null,
  ) {
    return this.outgoing.recipients(caller, message.id, {
      first: first ?? null,
      after: after ?? null,
      status: status ?? null,
    });
  }

  @Mutation(() => OutgoingPayload, {
    description: 'Takes a message back within the time that its organization or its sender left for it.',
  })
  undoSend(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, { command: 'undoSend' });
  }

  @Mutation(() => OutgoingPayload, {
    description: 'Puts what waits of a message aside, without end, until approve or cancel.',
  })
  hold(@Context('caller') caller: Caller, @MessageId() messageId: string, @Reason() reason: string | null) {
    return this.#command(caller, messageId, { command: 'hold', reason: reason ?? '' });
  }

  @Mutation(() => OutgoingPayload, { description: 'Lets a held message go on where it was.' })
  approve(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, { command: 'approve' });
  }

  @Mutation(() => OutgoingPayload, { description: 'Gives what waits of a message another time.' })
  reschedule(
    @Context('caller') caller: Caller,
    @MessageId() messageId: string,
    @Args('sendAt', { type: () => DateTimeScalar, description: 'In the future, within a year.' }) sendAt: string,
  ) {
    return this.#command(caller, messageId, { command: 'reschedule', sendAt: new Date(sendAt) });
  }

  @Mutation(() => OutgoingPayload, { description: 'Tries what waits of a message at once.' })
  retryNow(
    @Context('caller') caller: Caller,
    @MessageId() messageId: string,
    @Args('doubted', {
      type: () => Boolean,
      defaultValue: false,
      description: 'Also what is UNCERTAIN: it may arrive twice.',
    })
    doubted: boolean,
  ) {
    return this.#command(caller, messageId, { command: 'retryNow', doubted });
  }

  @Mutation(() => OutgoingPayload, {
    description: 'Says of what is UNCERTAIN that it did arrive: nothing is sent.',
  })
  confirmDelivery(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, { command: 'confirm' });
  }

  async #command(caller: Caller, messageId: string, command: OutgoingCommand) {
    const outcome = await this.outgoing.command(caller, messageId, command);
    caller.forget();
    return outcome;
  }
}

@Resolver(() => Recipient)
export class RecipientOutgoingResolver {
  @ResolveField(() => [DeliveryAttempt], { description: 'Every try so far, first to last; none for incoming mail.' })
  attempts(@Parent() { id }: RecipientRecord, @Context('caller') caller: Caller): Promise<DeliveryAttempt[]> {
    return id === null ? Promise.resolve([]) : caller.loaders.outgoingAttempts.load(id);
  }

  @ResolveField(() => [TimelineEntry], {
    description: 'All that happened on the way to it, in the order of time; what is to come stands last.',
  })
  async timeline(@Parent() recipient: RecipientRecord, @Context('caller') caller: Caller): Promise<TimelineEntry[]> {
    const { id, ofMessage } = recipient;
    if (id === null) return [];
    const { moments, outgoingAttempts, signals } = caller.loaders;
    const [happened, attempts, came] = await Promise.all([
      moments.load(ofMessage),
      outgoingAttempts.load(id),
      signals.load(id),
    ]);
    return timelineOf({ moments: happened, attempts, signals: came, recipient });
  }
}
