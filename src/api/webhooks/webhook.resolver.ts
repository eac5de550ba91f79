import { Args, Context, Float, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { WebhookRecord } from '../../adapters/webhooks/webhooks.js';
import type { WebhookDeliveryStatus } from '../../domain/webhook.js';
import type { Caller } from '../graphql/caller.js';
import { WebhookDeliveryStatusEnum } from '../graphql/enums.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { WebhookDeliveryService } from './webhook-delivery.service.js';
import { WebhookService } from './webhook.service.js';
import {
  CreateWebhookInput,
  ReplayWebhookInput,
  UpdateWebhookInput,
  Webhook,
  WebhookDeliveryConnection,
  WebhookReplayed,
  WebhookTest,
  WebhookWithSecret,
} from './webhook.types.js';

const ID_ARGUMENT = { type: () => ID, description: 'The webhook.' };

@Resolver(() => Webhook)
export class WebhookResolver {
  constructor(
    private readonly webhookService: WebhookService,
    private readonly deliveryService: WebhookDeliveryService,
  ) {}

  @Query(() => [Webhook], { description: "The organization's webhooks, in the order in which they were made." })
  webhooks(@Context('caller') caller: Caller) {
    return this.webhookService.list(caller.organizationId);
  }

  @Query(() => Webhook, { description: 'One webhook.' })
  webhook(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.webhookService.read(caller.organizationId, id);
  }

  @ResolveField(() => WebhookDeliveryConnection, {
    description: 'What it was sent, the newest event first: 3 days of what was delivered, 30 of dead letters.',
  })
  deliveries(
    @Context('caller') caller: Caller,
    @Parent() { id }: WebhookRecord,
    @Args('status', {
      type: () => WebhookDeliveryStatusEnum,
      nullable: true,
      description: 'Those alone; FAILED: the dead letters.',
    })
    status: WebhookDeliveryStatus | null,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
  ) {
    return this.deliveryService.list(caller.organizationId, id, status ?? null, first ?? null, after ?? null);
  }

  @ResolveField(() => Int, { description: 'Deliveries that wait, counted up to 10,000; the feed may hold more.' })
  async waiting(@Context('caller') caller: Caller, @Parent() { id }: WebhookRecord) {
    return (await this.deliveryService.counts(caller.organizationId, id)).waiting;
  }

  @ResolveField(() => Int, { description: 'Dead letters, counted up to 10,000.' })
  async deadLetters(@Context('caller') caller: Caller, @Parent() { id }: WebhookRecord) {
    return (await this.deliveryService.counts(caller.organizationId, id)).dead;
  }

  @Mutation(() => WebhookWithSecret, {
    description: 'Makes a webhook, which gets what happens from now on. CONFLICT without a secret key.',
  })
  createWebhook(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => CreateWebhookInput, description: 'The webhook as it shall be.' })
    input: CreateWebhookInput,
  ) {
    return this.webhookService.create(caller, input);
  }

  @Mutation(() => Webhook, {
    description: 'Changes a webhook. Enabled again, or with another URL, it begins at once with what waits.',
  })
  updateWebhook(
    @Context('caller') caller: Caller,
    @Args('id', ID_ARGUMENT) id: string,
    @Args('input', { type: () => UpdateWebhookInput, description: 'What shall change.' })
    input: UpdateWebhookInput,
  ) {
    return this.webhookService.update(caller, id, input);
  }

  @Mutation(() => Webhook, { description: 'Removes a webhook with its deliveries; answers with it as it was.' })
  deleteWebhook(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.webhookService.remove(caller, id);
  }

  @Mutation(() => WebhookWithSecret, {
    description: 'Makes a new secret. Requests carry signatures of both until the overlap is over.',
  })
  rotateWebhookSecret(
    @Context('caller') caller: Caller,
    @Args('id', ID_ARGUMENT) id: string,
    @Args('overlapHours', {
      type: () => Float,
      nullable: true,
      description: 'How long older secrets sign too: 24 where it is left out, 720 at most; 0 ends them now.',
    })
    overlapHours: number | null,
  ) {
    return this.webhookService.rotate(caller, id, overlapHours ?? null);
  }

  @Mutation(() => WebhookTest, {
    description: 'Posts a signed `webhook.test` now, also where it is disabled, and tells what came back.',
  })
  testWebhook(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.webhookService.test(caller, id);
  }

  @Mutation(() => WebhookReplayed, {
    description:
      'Sends events again, in their order: dead letters, or with ALL every event that the webhook wants and the feed ' +
      'still has. Their webhook-id stays the same.',
  })
  replayWebhook(
    @Context('caller') caller: Caller,
    @Args('id', ID_ARGUMENT) id: string,
    @Args('input', { type: () => ReplayWebhookInput, description: 'From where, and what.' })
    input: ReplayWebhookInput,
  ) {
    return this.deliveryService.replay(caller, id, input);
  }

  @Mutation(() => Webhook, {
    description: 'Sends one event again now: a dead letter, one that waits, or one that was delivered.',
  })
  retryWebhookDelivery(
    @Context('caller') caller: Caller,
    @Args('webhookId', ID_ARGUMENT) webhookId: string,
    @Args('position', { type: () => Float, description: 'Position of the event.' }) position: number,
  ) {
    return this.deliveryService.retry(caller, webhookId, position);
  }
}
