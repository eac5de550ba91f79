import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { NotificationRecord } from '../../adapters/messages/notifications.js';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { Message } from '../messages/message.types.js';
import { NotificationService } from './notification.service.js';
import { Notification, NotificationConnection } from './notification.types.js';

@Resolver(() => Notification)
export class NotificationResolver {
  constructor(private readonly notificationService: NotificationService) {}

  @Query(() => NotificationConnection, { description: 'What people were told, newest first.' })
  notifications(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
    @Args('unreadOnly', { type: () => Boolean, nullable: true, description: 'Leaves out what is marked as read.' })
    unreadOnly: boolean | null,
  ) {
    return this.notificationService.list(caller.organizationId, first ?? null, after ?? null, unreadOnly ?? false);
  }

  @ResolveField(() => Message, { nullable: true, description: 'The message that it is about; null: it is about none.' })
  message(@Parent() notification: NotificationRecord, @Context('caller') caller: Caller) {
    return notification.messageId === null ? null : caller.loaders.message.load(notification.messageId);
  }

  @Mutation(() => [Notification], {
    description: 'Marks notifications as read, all or none; answers with them. What was read before keeps its time.',
  })
  markNotificationsRead(
    @Context('caller') caller: Caller,
    @Args('ids', { type: () => [ID], description: 'At most 1,000.' }) ids: string[],
  ) {
    return this.notificationService.markRead(caller.organizationId, ids);
  }
}

@Resolver(() => NotificationConnection)
export class NotificationConnectionResolver {
  constructor(private readonly notificationService: NotificationService) {}

  @ResolveField(() => Int, { description: 'All that the list holds, unread ones alone where asked for those.' })
  totalCount(@Parent() connection: NotificationConnection, @Context('caller') caller: Caller): Promise<number> {
    return this.notificationService.count(caller.organizationId, connection.unreadOnly);
  }
}
