import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { Stream } from '../../domain/outgoing/send-options.js';
import type { MessageStatus } from '../../domain/status.js';
import { MessageStatusEnum, RecipientStatusEnum, StreamEnum } from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Message, Recipient } from '../messages/message.types.js';

@ObjectType({ description: 'How many recipients are where.' })
export class RecipientCount {
  @Field(() => RecipientStatusEnum, { description: 'Where they are.' })
  status!: RecipientStatus;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType({ description: 'What an outgoing message has besides.' })
export class OutgoingDetails {
  @Field(() => String, { description: 'Who handed it in: `token NAME`, `mailbox ADDRESS`, `system`.' })
  submittedBy!: string;

  @Field(() => String, { description: 'The reverse-path as it was handed in; empty for the null sender.' })
  mailFrom!: string;

  @Field(() => StreamEnum, { description: 'What kind of mail it is.' })
  stream!: Stream;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when undoSend takes it back.' })
  undoUntil!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before which nothing of it leaves.' })
  sendAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it waits for a person.' })
  heldAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it waits, in sentences.' })
  heldBecause!: string | null;

  @Field(() => String, { nullable: true, description: 'Who let it go.' })
  approvedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When.' })
  approvedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'The retention tag that a policy gave it.' })
  retention!: string | null;

  @Field(() => [RecipientCount], { description: 'Its recipients by where they are.' })
  counts!: RecipientCount[];
}

@ObjectType({ description: 'One thing that happened to a message on its way to a recipient.' })
export class TimelineEntry {
  @Field(() => DateTimeScalar, { description: 'When; in the future for what is to come.' })
  at!: string;

  @Field(() => String, {
    description:
      '`accepted`, `checked`, `held`, `approved`, `scheduled`, `routed`, `deferred`, `deferredUntil`, `delivered`, `bounced`, `uncertain`, `opened`, `clicked`, `complained`, ...; more may come.',
  })
  kind!: string;

  @Field(() => String, { description: 'A sentence for a person.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'Who did it, where somebody did.' })
  by!: string | null;

  @Field(() => String, { nullable: true, description: 'The server of an attempt.' })
  remote!: string | null;
}

@ObjectType({ description: 'A recipient in a list, with its place.' })
export class RecipientEdge {
  @Field(() => String, { description: 'Its place.' })
  cursor!: string;

  @Field(() => Recipient, { description: 'The recipient.' })
  node!: Recipient;
}

@ObjectType({ description: 'A page of the recipients of an outgoing message.' })
export class RecipientConnection {
  @Field(() => [RecipientEdge], { description: 'In the order in which they were given.' })
  edges!: RecipientEdge[];

  @Field(() => PageInfo, { description: 'Where the page begins and ends.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'What a command came to.' })
export class OutgoingPayload {
  @Field(() => Message, { description: 'The message.' })
  message!: Message;

  @Field(() => MessageStatusEnum, { description: 'Where it was when the command was taken.' })
  status!: MessageStatus;
}
