import { Args, Context, ID, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { FeedService } from './feed.service.js';
import { FeedEvent } from './feed.types.js';

const itself = (event: FeedEvent) => event;
const After = () =>
  Args('after', { type: () => String, nullable: true, description: 'The cursor of the last event that you have.' });

@Resolver()
export class FeedResolver {
  constructor(private readonly feed: FeedService) {}

  @Query(() => String, {
    description: "The present end of the organization's feed: read it, then the state, then subscribe behind it.",
  })
  feedCursor(@Context('caller') caller: Caller): Promise<string> {
    return this.feed.end(caller);
  }

  @Subscription(() => FeedEvent, {
    resolve: itself,
    description:
      "One message's events. Without `after` from its first one that is kept, then live; with it, from behind that " +
      'event on. A cursor older than the retention (30 days) is answered with CURSOR_EXPIRED.',
  })
  messageEvents(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'The message to follow.' }) messageId: string,
    @After() after: string | null,
  ) {
    return this.feed.ofMessage(caller, messageId, after ?? null);
  }

  @Subscription(() => FeedEvent, {
    resolve: itself,
    description:
      "The organization's events. Without `after` from now on; with it, from behind that event on, nothing missed and " +
      'nothing twice. A cursor older than the retention (30 days) is answered with CURSOR_EXPIRED. A slow subscriber ' +
      'falls behind and reads on at its own pace.',
  })
  organizationEvents(@Context('caller') caller: Caller, @After() after: string | null) {
    return this.feed.ofOrganization(caller, after ?? null);
  }
}
