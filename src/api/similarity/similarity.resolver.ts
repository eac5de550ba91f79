import { Args, Context, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { SimilarMessage as SimilarRecord } from '../../adapters/embedding/similar-messages.js';
import type { Caller } from '../graphql/caller.js';
import { FIRST } from '../graphql/pages.js';
import { Message } from '../messages/message.types.js';
import { SimilarityService } from './similarity.service.js';
import { SimilarMessage } from './similarity.types.js';

@Resolver(() => SimilarMessage)
export class SimilarityResolver {
  constructor(private readonly similarity: SimilarityService) {}

  @Query(() => [SimilarMessage], {
    description:
      'Messages that are about the same, likest first, of the newest 20,000. CONFLICT where the message was processed ' +
      'before that was kept: reprocess it.',
  })
  similarMessages(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'A message, by its id.' }) messageId: string,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
  ): Promise<SimilarRecord[]> {
    return this.similarity.find(caller.organizationId, messageId, first ?? null);
  }

  @ResolveField(() => Message, { nullable: true, description: 'The message; null where it was deleted meanwhile.' })
  message(@Parent() similar: SimilarRecord, @Context('caller') caller: Caller) {
    return caller.loaders.message.load(similar.messageId);
  }
}
