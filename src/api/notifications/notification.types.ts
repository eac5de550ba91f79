import { Field, ID, ObjectType } from '@nestjs/graphql';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'What a person was told.' })
export class Notification {
  @Field(() => ID, { description: 'What markNotificationsRead takes.' })
  id!: string;

  @Field(() => String, { description: 'Why: a stable name.' })
  kind!: string;

  @Field(() => String, { description: 'Address of the member of the mailbox, or of the mailbox itself.' })
  recipient!: string;

  @Field(() => String, { nullable: true, description: 'The domain that it is about; null: about none.' })
  domain!: string | null;

  @Field(() => String, { description: 'For that person.' })
  text!: string;

  @Field(() => DateTimeScalar, { description: 'When it was told.' })
  createdAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was marked as read; null until it is.' })
  readAt!: string | null;
}

@ObjectType({ description: 'A notification at its place in the list.' })
export class NotificationEdge {
  @Field(() => String, { description: 'Opaque: pass it as `after`.' })
  cursor!: string;

  @Field(() => Notification, { description: 'The notification.' })
  node!: Notification;
}

@ObjectType({ description: 'A page of notifications, newest first.' })
export class NotificationConnection {
  @Field(() => [NotificationEdge], { description: 'Its notifications, each with its cursor.' })
  edges!: NotificationEdge[];

  @Field(() => PageInfo, { description: 'Where it begins and ends.' })
  pageInfo!: PageInfo;

  /** For totalCount, which is counted when it is asked for. */
  unreadOnly!: boolean;
}
