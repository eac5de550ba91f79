import { Args, Context, ID, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { OnwardCommand } from '../../adapters/onward/person-commands.js';
import type { OnwardRecord } from '../../adapters/onward/read-onward.js';
import type { RecipientRecord } from '../../adapters/messages/read-messages.js';
import { overallOnwardStatus, type OnwardStatus } from '../../domain/onward.js';
import type { Caller } from '../graphql/caller.js';
import { OnwardStatusEnum } from '../graphql/enums.js';
import { Recipient } from '../messages/message.types.js';
import { OnwardService } from './onward.service.js';
import { DeliveryAttempt, OnwardDelivery } from './onward.types.js';

const DeliveryId = () => Args('deliveryId', { type: () => ID, description: 'The onward delivery.' });

@Resolver(() => OnwardDelivery)
export class OnwardResolver {
  constructor(private readonly onward: OnwardService) {}

  @ResolveField(() => [DeliveryAttempt], { description: 'Every try so far, first to last.' })
  attempts(@Parent() delivery: OnwardRecord, @Context('caller') caller: Caller): Promise<DeliveryAttempt[]> {
    return caller.loaders.attempts.load(delivery.id);
  }

  @Mutation(() => OnwardDelivery, {
    description:
      'Hands it on again: at once where it waits, as a second copy where it is UNCERTAIN and did arrive after all.',
  })
  retryOnward(@Context('caller') caller: Caller, @DeliveryId() deliveryId: string) {
    return this.#command(caller, deliveryId, 'retry');
  }

  @Mutation(() => OnwardDelivery, { description: 'Says of an UNCERTAIN one that it did arrive: nothing is sent.' })
  confirmOnward(@Context('caller') caller: Caller, @DeliveryId() deliveryId: string) {
    return this.#command(caller, deliveryId, 'confirm');
  }

  @Mutation(() => OnwardDelivery, { description: 'Gives up one that waits; the message stays as it is.' })
  cancelOnward(@Context('caller') caller: Caller, @DeliveryId() deliveryId: string) {
    return this.#command(caller, deliveryId, 'cancel');
  }

  async #command(caller: Caller, deliveryId: string, command: OnwardCommand): Promise<OnwardRecord> {
    const delivery = await this.onward.command(caller.viewer, deliveryId, command);
    caller.forget();
    return delivery;
  }
}

@Resolver(() => Recipient)
export class RecipientOnwardResolver {
  @ResolveField(() => [OnwardDelivery], { description: 'Where its copy goes from here, in the order of queueing.' })
  onwardDeliveries(@Parent() recipient: RecipientRecord, @Context('caller') caller: Caller): Promise<OnwardRecord[]> {
    return deliveriesOf(recipient, caller);
  }

  @ResolveField(() => OnwardStatusEnum, {
    nullable: true,
    description: 'The worst of its onward deliveries; null where it goes nowhere from here.',
  })
  async onwardStatus(
    @Parent() recipient: RecipientRecord,
    @Context('caller') caller: Caller,
  ): Promise<OnwardStatus | null> {
    return overallOnwardStatus((await deliveriesOf(recipient, caller)).map(({ status }) => status));
  }
}

async function deliveriesOf(recipient: RecipientRecord, caller: Caller): Promise<OnwardRecord[]> {
  const all = await caller.loaders.onward.load(recipient.ofMessage);
  return all.filter((delivery) => delivery.recipient === recipient.address);
}
