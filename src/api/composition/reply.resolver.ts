import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { ReplyService } from './reply.service.js';
import { ReplySuggestions } from './reply.types.js';

@Resolver(() => ReplySuggestions)
export class ReplyResolver {
  constructor(private readonly replies: ReplyService) {}

  @Mutation(() => ReplySuggestions, {
    description:
      'What a message may be answered with: templates always, and replies by a language model where the organization ' +
      'has a provider for `composition`, within its budget. The same wish for the same mail is not asked for again.',
  })
  suggestReplies(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'The incoming message that is to be answered.' })
    messageId: string,
    @Args('instruction', {
      type: () => String,
      nullable: true,
      description:
        'What you want the model to answer, in your words (`decline, offer Tuesday`); 500 characters at most. It leaves ' +
        'the machine as the mail does: redacted where the mail is.',
    })
    instruction: string | null,
  ): Promise<ReplySuggestions> {
    return this.replies.suggest(caller.organizationId, messageId, instruction ?? null);
  }
}
