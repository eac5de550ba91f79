import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { TranslationService } from './translation.service.js';
import { MessageTranslation } from './translation.types.js';

@Resolver()
export class TranslationResolver {
  constructor(private readonly translations: TranslationService) {}

  @Mutation(() => MessageTranslation, {
    description:
      'Has a message translated for whom asks, by the provider of the organization and within its budget. What was ' +
      'translated before is not asked for again.',
  })
  translate(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'The message, by its id.' }) messageId: string,
    @Args('to', { type: () => String, description: 'The language to read it in: `de`, `ast`, `pt-BR`.' }) to: string,
    @Args('from', {
      type: () => String,
      nullable: true,
      description: 'The language it is in; as languageDetection found it where it is left out.',
    })
    from: string | null,
  ): Promise<MessageTranslation> {
    return this.translations.translate(caller.organizationId, { messageId, from: from ?? null, to });
  }
}
