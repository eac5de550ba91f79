import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { MessageRecord } from '../../adapters/messages/read-messages.js';
import type { Caller } from '../graphql/caller.js';
import { DateScalar } from '../graphql/scalars.js';
import { Message } from '../messages/message.types.js';
import { AiService } from './ai.service.js';
import { AiSettings, AiUsage, AiUsageOfDay, UpdateAiInput } from './ai.types.js';

@Resolver(() => AiSettings)
export class AiResolver {
  constructor(private readonly ai: AiService) {}

  @Query(() => AiSettings, { name: 'ai', description: 'Providers beside the embedded engines, as they apply.' })
  settings(@Context('caller') caller: Caller): Promise<AiSettings> {
    return this.ai.read(caller.organizationId);
  }

  @Mutation(() => AiSettings, {
    description:
      'Chooses providers, budgets and what may leave the machine; in force within a second. CONFLICT for a key where ' +
      'no secret key is configured.',
  })
  updateAi(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => UpdateAiInput, description: 'What to change.' }) input: UpdateAiInput,
  ): Promise<AiSettings> {
    return this.ai.update(caller.organizationId, input);
  }

  @Query(() => [AiUsageOfDay], {
    name: 'aiUsage',
    description: 'What providers were asked and what it cost, by day and capability, newest first.',
  })
  usage(
    @Context('caller') caller: Caller,
    @Args('from', { type: () => DateScalar, nullable: true, description: 'The first day; 366 days at most.' })
    from: string | null,
    @Args('to', { type: () => DateScalar, nullable: true, description: 'The last day, included; today if left out.' })
    to: string | null,
  ): Promise<AiUsageOfDay[]> {
    return this.ai.usage(caller.organizationId, from ?? null, to ?? null);
  }
}

@Resolver(() => Message)
export class MessageAiResolver {
  @ResolveField(() => AiUsage, {
    nullable: true,
    description: 'What providers were asked for it, over all its runs; null where none was.',
  })
  aiUsage(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<AiUsage | null> {
    return caller.loaders.aiUsage.load(message.id);
  }
}
