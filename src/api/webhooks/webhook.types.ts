import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { WebhookDeliveryStatus, WebhookDisabledReason, WebhookReplay } from '../../domain/webhook.js';
import { WebhookDeliveryStatusEnum, WebhookDisabledReasonEnum, WebhookReplayEnum } from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({
  description: 'An address that what happens in the organization is posted to, signed (Standard Webhooks).',
})
export class Webhook {
  @Field(() => ID, { description: 'Stays the same.' })
  id!: string;

  @Field(() => String, { description: 'Where events are posted to.' })
  url!: string;

  @Field(() => String, { description: 'For people.' })
  description!: string;

  @Field(() => [String], { description: 'Kinds of events that it gets: `*`, `message.*`, `message.status`.' })
  events!: string[];

  @Field(() => Boolean, { description: 'Whether anything is sent. What waits for one that is disabled is kept.' })
  enabled!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when nothing is sent.' })
  disabledAt!: string | null;

  @Field(() => WebhookDisabledReasonEnum, { nullable: true, description: 'Why nothing is sent.' })
  disabledBecause!: WebhookDisabledReason | null;

  @Field(() => String, { description: 'Who made it.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: string;

  @Field(() => DateTimeScalar, { description: 'When it was changed last.' })
  updatedAt!: string;

  @Field(() => Float, { description: 'Its cursor: events of the feed up to this position are delivered or wait.' })
  position!: number;

  @Field(() => Float, {
    description:
      'Events that it never got: the feed keeps them for 30 days, and it was disabled or failing for longer.',
  })
  lost!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when its endpoint has failed; null: it answers.' })
  failingSince!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when an endpoint that fails is left alone.' })
  restsUntil!: string | null;
}

@ObjectType({ description: 'An event for a webhook, and what became of it.' })
export class WebhookDelivery {
  @Field(() => ID, { description: 'The header `webhook-id`: the same at every attempt.' })
  id!: string;

  @Field(() => Float, { description: 'Position of the event in the feed.' })
  position!: number;

  @Field(() => String, { description: 'The kind of the event.' })
  kind!: string;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  at!: string;

  @Field(() => ID, { nullable: true, description: 'The message that it is about.' })
  messageId!: string | null;

  @Field(() => WebhookDeliveryStatusEnum, { description: 'Where it is.' })
  status!: WebhookDeliveryStatus;

  @Field(() => Int, { description: 'So far; of the last series where it was replayed.' })
  attempts!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was tried last.' })
  lastAttemptAt!: string | null;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the last answer; null where none came.' })
  lastCode!: number | null;

  @Field(() => String, { nullable: true, description: 'The beginning of that answer, or why none came.' })
  lastAnswer!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is tried next, at the earliest.' })
  nextAttemptAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was delivered or given up.' })
  endedAt!: string | null;
}

@ObjectType({ description: 'A delivery at its place in the list.' })
export class WebhookDeliveryEdge {
  @Field(() => String, { description: 'Opaque: pass it as `after`.' })
  cursor!: string;

  @Field(() => WebhookDelivery, { description: 'The delivery.' })
  node!: WebhookDelivery;
}

@ObjectType({ description: 'A page of deliveries, the newest event first.' })
export class WebhookDeliveryConnection {
  @Field(() => [WebhookDeliveryEdge], { description: 'Its deliveries, each with its cursor.' })
  edges!: WebhookDeliveryEdge[];

  @Field(() => PageInfo, { description: 'Where it begins and ends.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A webhook with a secret that is shown this once.' })
export class WebhookWithSecret {
  @Field(() => Webhook, { description: 'The webhook.' })
  webhook!: Webhook;

  @Field(() => String, { description: '`whsec_...`: what its receiver verifies signatures with. Never shown again.' })
  secret!: string;
}

@ObjectType({ description: 'What an endpoint answered to a test.' })
export class WebhookTest {
  @Field(() => Boolean, { description: 'Whether it took the event: a status of 200 to 299.' })
  accepted!: boolean;

  @Field(() => Int, { nullable: true, description: 'HTTP status; null where none came.' })
  code!: number | null;

  @Field(() => String, { description: 'The beginning of the answer, or why none came.' })
  answer!: string;

  @Field(() => Int, { description: 'How long it took.' })
  durationMs!: number;

  @Field(() => ID, { description: 'The header `webhook-id` of the test.' })
  id!: string;
}

@ObjectType({ description: 'What is sent again.' })
export class WebhookReplayed {
  @Field(() => Webhook, { description: 'The webhook.' })
  webhook!: Webhook;

  @Field(() => Int, { description: 'Dead letters that wait again.' })
  deliveries!: number;

  @Field(() => Float, { description: 'Events of the feed that are gone through anew.' })
  events!: number;
}

@InputType({ description: 'A webhook.' })
export class CreateWebhookInput {
  @Field(() => String, {
    description: 'Begins with https://; no user, password or fragment; 2,000 characters at most.',
  })
  url!: string;

  @Field(() => [String], {
    description: 'Kinds of events: `*`, `message.*`, `message.status`; docs/webhooks.md has them.',
  })
  events!: string[];

  @Field(() => String, { nullable: true, description: 'For people; 200 characters at most.' })
  description?: string | null;
}

@InputType({ description: 'What shall change; what is left out stays.' })
export class UpdateWebhookInput {
  @Field(() => String, { nullable: true, description: 'Where events are posted to; what waits goes there too.' })
  url?: string | null;

  @Field(() => [String], { nullable: true, description: 'Kinds of events from now on; what waits already is sent.' })
  events?: string[] | null;

  @Field(() => String, { nullable: true, description: 'For people.' })
  description?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'False: nothing is sent; true: it goes on where it was.' })
  enabled?: boolean | null;
}

@InputType({ description: 'Where a replay begins: one of the three.' })
export class WebhookReplayFrom {
  @Field(() => Float, { nullable: true, description: 'With the event at this position of the feed.' })
  position?: number | null;

  @Field(() => String, { nullable: true, description: 'Behind the event with this cursor, as FeedEvent has it.' })
  cursor?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'With what happened from then on.' })
  at?: string | null;
}

@InputType({ description: 'What is sent again.' })
export class ReplayWebhookInput {
  @Field(() => WebhookReplayFrom, { description: 'Where it begins.' })
  from!: WebhookReplayFrom;

  @Field(() => WebhookReplayEnum, { nullable: true, description: 'FAILED where it is left out.' })
  include?: WebhookReplay | null;
}
