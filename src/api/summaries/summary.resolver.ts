import { Args, Context, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { MessageRecord } from '../../adapters/messages/read-messages.js';
import { SUMMARY_WORDS } from '../../domain/thread-summary.js';
import type { Caller } from '../graphql/caller.js';
import { Message, Thread } from '../messages/message.types.js';
import { MessageRequests, ThreadSummary } from './summary.types.js';
import { ThreadSummaryService } from './thread-summary.service.js';

const MAX_WORDS = `At most so many words, ${SUMMARY_WORDS.least} to ${SUMMARY_WORDS.most}; ${SUMMARY_WORDS.usual} where it is left out.`;
const LANGUAGE = "ISO 639-1: what the reader reads; the organization's readingLanguage where it is left out.";

@Resolver(() => Thread)
export class ThreadSummaryResolver {
  constructor(private readonly summaries: ThreadSummaryService) {}

  @Query(() => ThreadSummary, { nullable: true, description: 'What a thread is about; null where there is none.' })
  threadSummary(
    @Context('caller') caller: Caller,
    @Args('threadId', { type: () => ID, description: 'Of a thread, also of one that was merged into another.' })
    threadId: string,
    @Args('maxWords', { type: () => Int, nullable: true, description: MAX_WORDS }) maxWords: number | null,
    @Args('language', { type: () => String, nullable: true, description: LANGUAGE }) language: string | null,
  ): Promise<ThreadSummary | null> {
    return this.summaries.summarise(caller.organizationId, threadId, {
      maxWords: maxWords ?? null,
      language: language ?? null,
    });
  }

  @ResolveField(() => ThreadSummary, { nullable: true, description: 'What it is about.' })
  summary(
    @Parent() thread: Thread,
    @Context('caller') caller: Caller,
    @Args('maxWords', { type: () => Int, nullable: true, description: MAX_WORDS }) maxWords: number | null,
    @Args('language', { type: () => String, nullable: true, description: LANGUAGE }) language: string | null,
  ): Promise<ThreadSummary | null> {
    return this.summaries.summarise(caller.organizationId, thread.id, {
      maxWords: maxWords ?? null,
      language: language ?? null,
    });
  }
}

@Resolver(() => Message)
export class MessageRequestsResolver {
  @ResolveField(() => MessageRequests, {
    nullable: true,
    description: 'What it wants of people and what they promise in it; null until contentAnalysis has read it.',
  })
  async requests(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<MessageRequests | null> {
    return (await caller.loaders.requests.load(message.id))?.requests ?? null;
  }
}
